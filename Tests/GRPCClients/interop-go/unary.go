package main

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"

	api "grpc/testing"
)

const (
	largeRequestSize  = 271828
	largeResponseSize = 314159
)

func zeros(size int) *api.Payload {
	return &api.Payload{Body: make([]byte, size)}
}

func emptyUnary(ctx context.Context, service tested) {
	_, err := service.EmptyCall(ctx, &api.Empty{})
	expectSuccess(err)
}

func largeUnary(ctx context.Context, service tested) {
	service.callLarge(ctx)
}

func (s tested) callLarge(ctx context.Context, options ...grpc.CallOption) {
	request := &api.SimpleRequest{ResponseSize: largeResponseSize, Payload: zeros(largeRequestSize)}
	response, err := s.UnaryCall(ctx, request, options...)
	expectSuccess(err)
	expectZeros(response.Payload, largeResponseSize)
}

func clientCompressedUnary(ctx context.Context, service tested) {
	service.callLarge(ctx, grpc.UseCompressor(gzip.Name))
	service.callLarge(ctx)
	service.sent.expectCompressed(true, false)
}

func unimplementedMethod(ctx context.Context, service tested) {
	expectUnimplemented(ctx, service, "/grpc.testing.TestService/UnimplementedCall")
}

func unimplementedService(ctx context.Context, service tested) {
	expectUnimplemented(ctx, service, "/grpc.testing.UnimplementedService/UnimplementedCall")
}

func expectUnimplemented(ctx context.Context, service tested, method string) {
	expectCode(service.connection.Invoke(ctx, method, &api.Empty{}, &api.Empty{}), codes.Unimplemented)
}

// Beyond the description: a client tells the time that is left in the smallest unit that fits, so
// deadlines of these lengths come in four units.
func unaryWithDeadline(_ context.Context, service tested) {
	const day = 24 * time.Hour
	for _, length := range []time.Duration{patience, time.Hour, 30 * day, 10 * 365 * day} {
		ctx, cancel := context.WithTimeout(context.Background(), length)
		service.callLarge(ctx)
		cancel()
	}
}
