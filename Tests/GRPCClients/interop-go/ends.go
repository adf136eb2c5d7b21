package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	api "grpc/testing"
)

func customMetadata(ctx context.Context, service tested) {
	const initialKey, trailingKey = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
	const initial, trailing = "test_initial_metadata_value", "\x0a\x0b\x0a\x0b\x0a\x0b"
	ctx = metadata.AppendToOutgoingContext(ctx, initialKey, initial, trailingKey, trailing)

	var header, trailer metadata.MD
	service.callLarge(ctx, grpc.Header(&header), grpc.Trailer(&trailer))
	expectMetadata(header, initialKey, initial)
	expectMetadata(trailer, trailingKey, trailing)

	stream := service.startDuplex(ctx)
	exchange(stream, 27182, 31415)
	expectSuccess(stream.CloseSend())
	expectEnd(stream)
	header, err := stream.Header()
	expectSuccess(err)
	expectMetadata(header, initialKey, initial)
	expectMetadata(stream.Trailer(), trailingKey, trailing)
}

func statusCodeAndMessage(ctx context.Context, service tested) {
	expectStatusBack(ctx, service, "test status message")
}

func specialStatusMessage(ctx context.Context, service tested) {
	expectStatusBack(ctx, service, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")
}

// expectStatusBack expects a status with this message from both kinds of calls that can ask for one.
func expectStatusBack(ctx context.Context, service tested, message string) {
	asked := &api.EchoStatus{Code: int32(codes.Unknown), Message: message}
	_, err := service.UnaryCall(ctx, &api.SimpleRequest{ResponseStatus: asked})
	expectCode(err, codes.Unknown)
	expect("message", status.Convert(err).Message(), message)

	stream := service.startDuplex(ctx)
	expectSuccess(stream.Send(&api.StreamingOutputCallRequest{ResponseStatus: asked}))
	expectSuccess(stream.CloseSend())
	_, err = stream.Recv()
	expectCode(err, codes.Unknown)
	expect("message", status.Convert(err).Message(), message)
}
