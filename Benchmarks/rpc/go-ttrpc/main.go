// The unary half of the Tokenwire service in containerd's ttrpc, as Debian packages it (1.1: unary
// calls alone), and the load on it.
//
//	go-ttrpc serve
//	go-ttrpc load ADDRESS unary CALLERS COUNT CONNECTIONS
//
// See ../README.md for what they do and print.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"

	"github.com/containerd/ttrpc"

	api "bench/gogo"
	"bench/load"
)

const service = "tokenwire.v1.Tokenwire"

func serve() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	server, err := ttrpc.NewServer()
	if err != nil {
		log.Fatal(err)
	}
	server.Register(service, map[string]ttrpc.Method{
		"CountTokens": func(_ context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			var request api.CountTokensRequest
			if err := unmarshal(&request); err != nil {
				return nil, err
			}
			return &api.CountTokensResponse{Tokens: 2}, nil
		},
	})
	log.Fatal(server.Serve(context.Background(), listener))
}

type client struct{ connection *ttrpc.Client }

func (c client) Count() error {
	request := &api.CountTokensRequest{Input: &api.CountTokensRequest_Prompt{Prompt: "a b"}}
	var response api.CountTokensResponse
	return c.connection.Call(context.Background(), service, "CountTokens", request, &response)
}

func (c client) Generate(int32, func(int)) error {
	return errors.New("this version of ttrpc has no streams")
}

func main() {
	switch os.Args[1] {
	case "serve":
		serve()
	case "load":
		load.Run(os.Args[2:], func(address string) (load.Client, error) {
			connection, err := net.Dial("tcp", address)
			if err != nil {
				return nil, err
			}
			return client{ttrpc.NewClient(connection)}, nil
		})
	}
}
