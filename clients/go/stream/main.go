// Streams a text to the terminal: stream PROMPT [SERVER]. Needs ttrpc 1.2.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/containerd/ttrpc"

	"tokenwire.example/terminal"
	tokenwire "tokenwire.example/v1"
)

func run(prompt, server string) error {
	connection, err := net.Dial("tcp", server)
	if err != nil {
		return err
	}
	client := ttrpc.NewClient(connection)
	// Nothing else ends a text that is still generated: ttrpc cannot cancel.
	defer client.Close()

	stream, err := tokenwire.NewTokenwireClient(client).Generate(
		context.Background(),
		&tokenwire.GenerateRequest{
			Input:             &tokenwire.GenerateRequest_Prompt{Prompt: prompt},
			MaxTokensPresence: &tokenwire.GenerateRequest_MaxTokens{MaxTokens: 12},
			TimeoutNano:       30e9,
		},
	)
	if err != nil {
		return err
	}
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			fmt.Println()
			return nil
		}
		if err != nil {
			return err
		}
		if err := terminal.Show(os.Stdout, response.GetDelta().GetText()); err != nil {
			return err
		}
	}
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage:", os.Args[0], "PROMPT [SERVER]")
		os.Exit(64)
	}
	server := "127.0.0.1:7437"
	if len(os.Args) > 2 {
		server = os.Args[2]
	}
	if err := run(os.Args[1], server); err != nil {
		terminal.Show(os.Stderr, fmt.Sprintln("Error:", err))
		os.Exit(1)
	}
}
