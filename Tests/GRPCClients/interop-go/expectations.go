package main

import (
	"bytes"
	"fmt"
	"io"
	"log"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	api "grpc/testing"
)

// expect ends the program unless the two, which are described by what, are equal.
func expect(what string, found, expected interface{}) {
	if found != expected {
		log.Fatalf("%s: %v, expected: %v", what, found, expected)
	}
}

func expectSuccess(err error) {
	if err != nil {
		log.Fatalf("a call has failed: %v", err)
	}
}

func expectCode(err error, code codes.Code) {
	expect(fmt.Sprintf("code of %v", err), status.Code(err), code)
}

// expectZeros expects a payload of this many bytes, all zero.
func expectZeros(payload *api.Payload, size int) {
	body := payload.GetBody()
	expect("size of a payload", len(body), size)
	if !bytes.Equal(body, make([]byte, size)) {
		log.Fatal("a payload is not of zeros")
	}
}

// expectEnd expects that the stream ends, without another response.
func expectEnd(responses api.TestService_FullDuplexCallClient) {
	_, err := responses.Recv()
	expect("end of the stream", err, io.EOF)
}

// expectMetadata expects the value for the key, once.
func expectMetadata(found metadata.MD, key, value string) {
	values := found.Get(key)
	expect("number of values of "+key, len(values), 1)
	expect("value of "+key, values[0], value)
}
