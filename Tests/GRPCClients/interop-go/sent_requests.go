package main

import (
	"context"

	"google.golang.org/grpc/stats"
)

// sentRequests notes how large requests are before and after compression: a client that does not
// compress would pass the cases of compression otherwise, because the server does not tell.
type sentRequests struct {
	payloads []*stats.OutPayload
}

// expectCompressed expects this of each request since it was last asked for.
func (r *sentRequests) expectCompressed(expected ...bool) {
	expect("number of requests", len(r.payloads), len(expected))
	for index, request := range r.payloads {
		expect("whether a request is compressed", request.WireLength < request.Length, expected[index])
	}
	r.payloads = nil
}

// HandleRPC is called where a request is sent, so it needs no lock as long as one goroutine sends.
func (r *sentRequests) HandleRPC(_ context.Context, event stats.RPCStats) {
	if request, sent := event.(*stats.OutPayload); sent {
		r.payloads = append(r.payloads, request)
	}
}

func (r *sentRequests) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

func (r *sentRequests) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

func (r *sentRequests) HandleConn(context.Context, stats.ConnStats) {}
