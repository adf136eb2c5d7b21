// Lists a server's models, and counts the tokens of a text: count TEXT [SERVER]
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/containerd/ttrpc"

	"tokenwire.example/terminal"
	tokenwire "tokenwire.example/v1"
)

func run(text, server string) error {
	connection, err := net.Dial("tcp", server)
	if err != nil {
		return err
	}
	client := ttrpc.NewClient(connection)
	defer client.Close()
	service := tokenwire.NewTokenwireClient(client)

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	models, err := service.ListModels(ctx, &tokenwire.ListModelsRequest{})
	if err != nil {
		return err
	}
	for _, model := range models.Models {
		line := fmt.Sprintln(model.Id, "with a context of", model.ContextLength, "tokens")
		if err := terminal.Show(os.Stdout, line); err != nil {
			return err
		}
	}
	count, err := service.CountTokens(ctx, &tokenwire.CountTokensRequest{
		Input: &tokenwire.CountTokensRequest_Prompt{Prompt: text},
	})
	if err != nil {
		return err
	}
	fmt.Println(count.Tokens, "tokens")
	return nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage:", os.Args[0], "TEXT [SERVER]")
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
