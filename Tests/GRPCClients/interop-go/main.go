// One of gRPC's interoperability test cases, with Go's gRPC:
//
//	interop-go ADDRESS CASE
//
// When an expectation fails, it tells which and exits with 1. The cases are those of
// https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md, each with a deadline,
// and without what asks whether the server compresses or has seen that a client does.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"google.golang.org/grpc"

	api "grpc/testing"
)

// What takes longer hangs.
const patience = 30 * time.Second

type tested struct {
	api.TestServiceClient
	connection *grpc.ClientConn
	sent       *sentRequests
}

var cases = map[string]func(context.Context, tested){
	"empty_unary":                 emptyUnary,
	"large_unary":                 largeUnary,
	"client_compressed_unary":     clientCompressedUnary,
	"client_streaming":            clientStreaming,
	"client_compressed_streaming": clientCompressedStreaming,
	"server_streaming":            serverStreaming,
	"ping_pong":                   pingPong,
	"empty_stream":                emptyStream,
	"custom_metadata":             customMetadata,
	"status_code_and_message":     statusCodeAndMessage,
	"special_status_message":      specialStatusMessage,
	"unimplemented_method":        unimplementedMethod,
	"unimplemented_service":       unimplementedService,
	"cancel_after_begin":          cancelAfterBegin,
	"cancel_after_first_response": cancelAfterFirstResponse,
	"timeout_on_sleeping_server":  timeoutOnSleepingServer,
	"unary_with_deadline":         unaryWithDeadline,
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: interop-go ADDRESS CASE")
	}
	run, known := cases[os.Args[2]]
	if !known {
		log.Fatalf("there is no case %q", os.Args[2])
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	sent := &sentRequests{}
	options := []grpc.DialOption{
		grpc.WithInsecure(),
		grpc.WithStatsHandler(sent),
		// A call that soon ends can then reach the server before that.
		grpc.WithBlock(),
	}
	connection, err := grpc.DialContext(ctx, os.Args[1], options...)
	if err != nil {
		log.Fatalf("no connection: %v", err)
	}
	defer connection.Close()
	run(ctx, tested{api.NewTestServiceClient(connection), connection, sent})
}
