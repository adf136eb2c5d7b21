// The Tokenwire service in Go gRPC, and the load that all peers put on their own server.
//
//	go-grpc serve [PACE]
//	go-grpc load ADDRESS unary|stream|arrivals CALLERS COUNT CONNECTIONS [INTERVAL]
//
// See ../README.md for what they do and print.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"

	api "bench/api"
	"bench/load"
)

type server struct {
	api.UnimplementedTokenwireServer
	pace time.Duration
}

func (s *server) CountTokens(_ context.Context, _ *api.CountTokensRequest) (*api.CountTokensResponse, error) {
	return &api.CountTokensResponse{Tokens: 2}, nil
}

func (s *server) Generate(request *api.GenerateRequest, stream api.Tokenwire_GenerateServer) error {
	started := &api.Started{GenerationId: "0123456789abcdef", Model: "scripted", PromptTokens: 2}
	if err := stream.Send(&api.GenerateResponse{Event: &api.GenerateResponse_Started{Started: started}}); err != nil {
		return err
	}
	count := request.GetMaxTokens()
	next := time.Now()
	for index := int32(1); index <= count; index++ {
		if s.pace > 0 {
			next = next.Add(s.pace)
			time.Sleep(time.Until(next))
		}
		delta := &api.Delta{Text: " quick", TokenIds: []int32{index % 9}}
		response := &api.GenerateResponse{
			Seq:              uint64(index),
			CompletionTokens: index,
			Event:            &api.GenerateResponse_Delta{Delta: delta},
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
	finished := &api.Finished{
		FinishReason: api.FinishReason_FINISH_REASON_LENGTH,
		Usage:        &api.Usage{PromptTokens: 2, CompletionTokens: count},
	}
	return stream.Send(&api.GenerateResponse{Seq: uint64(count) + 1, Event: &api.GenerateResponse_Finished{Finished: finished}})
}

func serve(pace time.Duration) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	service := grpc.NewServer()
	api.RegisterTokenwireServer(service, &server{pace: pace})
	log.Fatal(service.Serve(listener))
}

type client struct{ api api.TokenwireClient }

func (c client) Count() error {
	_, err := c.api.CountTokens(context.Background(), &api.CountTokensRequest{Input: &api.CountTokensRequest_Prompt{Prompt: "a b"}})
	return err
}

func (c client) Generate(count int32, onDelta func(tokens int)) error {
	stream, err := c.api.Generate(context.Background(), &api.GenerateRequest{
		Input:             &api.GenerateRequest_Prompt{Prompt: "a b"},
		MaxTokensPresence: &api.GenerateRequest_MaxTokens{MaxTokens: count},
	})
	if err != nil {
		return err
	}
	for {
		response, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if delta := response.GetDelta(); delta != nil {
			onDelta(len(delta.TokenIds))
		}
	}
}

func main() {
	switch os.Args[1] {
	case "serve":
		serve(load.Pace(os.Args[2:]))
	case "load":
		load.Run(os.Args[2:], func(address string) (load.Client, error) {
			connection, err := grpc.Dial(address, grpc.WithInsecure(), grpc.WithBlock())
			return client{api.NewTokenwireClient(connection)}, err
		})
	}
}
