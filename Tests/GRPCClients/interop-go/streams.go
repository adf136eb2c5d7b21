package main

import (
	"context"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"

	api "grpc/testing"
)

var (
	requestSizes  = []int{27182, 8, 1828, 45904}
	responseSizes = []int{31415, 9, 2653, 58979}
)

func clientStreaming(ctx context.Context, service tested) {
	expect("size of all requests", service.sendStream(ctx, requestSizes), 74922)
}

// Go compresses all messages of a call or none, so this is not one of each as in the description.
func clientCompressedStreaming(ctx context.Context, service tested) {
	size := service.sendStream(ctx, []int{27182, 45904}, grpc.UseCompressor(gzip.Name))
	expect("size of all requests", size, 73086)
	service.sent.expectCompressed(true, true)
}

// sendStream sends requests of these sizes, and returns what the service says that their sum is.
func (s tested) sendStream(ctx context.Context, sizes []int, options ...grpc.CallOption) int {
	stream, err := s.StreamingInputCall(ctx, options...)
	expectSuccess(err)
	for _, size := range sizes {
		expectSuccess(stream.Send(&api.StreamingInputCallRequest{Payload: zeros(size)}))
	}
	response, err := stream.CloseAndRecv()
	expectSuccess(err)
	return int(response.AggregatedPayloadSize)
}

func serverStreaming(ctx context.Context, service tested) {
	request := &api.StreamingOutputCallRequest{}
	for _, size := range responseSizes {
		request.ResponseParameters = append(request.ResponseParameters, &api.ResponseParameters{Size: int32(size)})
	}
	stream, err := service.StreamingOutputCall(ctx, request)
	expectSuccess(err)
	for _, size := range responseSizes {
		response, err := stream.Recv()
		expectSuccess(err)
		expectZeros(response.Payload, size)
	}
	_, err = stream.Recv()
	expect("end of the stream", err, io.EOF)
}

func (s tested) startDuplex(ctx context.Context, options ...grpc.CallOption) api.TestService_FullDuplexCallClient {
	stream, err := s.FullDuplexCall(ctx, options...)
	expectSuccess(err)
	return stream
}

// exchange sends a request, and receives the response that it asks for.
func exchange(stream api.TestService_FullDuplexCallClient, requestSize, responseSize int) {
	parameters := []*api.ResponseParameters{{Size: int32(responseSize)}}
	request := &api.StreamingOutputCallRequest{ResponseParameters: parameters, Payload: zeros(requestSize)}
	expectSuccess(stream.Send(request))
	response, err := stream.Recv()
	expectSuccess(err)
	expectZeros(response.Payload, responseSize)
}

func pingPong(ctx context.Context, service tested) {
	stream := service.startDuplex(ctx)
	for index, size := range requestSizes {
		exchange(stream, size, responseSizes[index])
	}
	expectSuccess(stream.CloseSend())
	expectEnd(stream)
}

func emptyStream(ctx context.Context, service tested) {
	stream := service.startDuplex(ctx)
	expectSuccess(stream.CloseSend())
	expectEnd(stream)
}

func cancelAfterBegin(ctx context.Context, service tested) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := service.StreamingInputCall(ctx)
	expectSuccess(err)
	cancel()
	_, err = stream.CloseAndRecv()
	expectCode(err, codes.Canceled)
}

func cancelAfterFirstResponse(ctx context.Context, service tested) {
	ctx, cancel := context.WithCancel(ctx)
	stream := service.startDuplex(ctx)
	exchange(stream, 27182, 31415)
	cancel()
	_, err := stream.Recv()
	expectCode(err, codes.Canceled)
}

func timeoutOnSleepingServer(ctx context.Context, service tested) {
	ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	stream, err := service.FullDuplexCall(ctx)
	// The time may be over before the call has begun, or its request is sent.
	if err == nil {
		err = stream.Send(&api.StreamingOutputCallRequest{Payload: zeros(27182)})
	}
	if err == nil || err == io.EOF {
		_, err = stream.Recv()
	}
	expectCode(err, codes.DeadlineExceeded)
}
