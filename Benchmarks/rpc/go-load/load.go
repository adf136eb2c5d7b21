// Package load is what the Go peers put on their servers.
package load

import (
	"fmt"
	"log"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Client is one connection.
type Client interface {
	Count() error
	// Generate reads a text, and calls onDelta with the number of tokens in each message.
	Generate(count int32, onDelta func(tokens int)) error
}

// Pace reads the time between two messages of a stream, in microseconds.
func Pace(arguments []string) time.Duration {
	if len(arguments) == 0 {
		return 0
	}
	return time.Duration(number(arguments[0])) * time.Microsecond
}

// Run puts the load on a server, and prints what it took.
func Run(arguments []string, dial func(address string) (Client, error)) {
	mode := arguments[1]
	callers, count, connections := number(arguments[2]), number(arguments[3]), number(arguments[4])
	clients := make([]Client, connections)
	for index := range clients {
		client, err := dial(arguments[0])
		if err != nil {
			log.Fatal(err)
		}
		clients[index] = client
	}
	var interval time.Duration
	if mode == "arrivals" {
		interval = Pace(arguments[5:])
	}
	var tokens, messages int64
	var lock sync.Mutex
	var latencies []time.Duration
	var group sync.WaitGroup
	begin := time.Now()
	for index := 0; index < callers; index++ {
		scheduled := begin.Add(time.Duration(index) * interval)
		if interval > 0 {
			time.Sleep(time.Until(scheduled))
		} else {
			scheduled = time.Now()
		}
		client := clients[index%connections]
		group.Add(1)
		go func() {
			defer group.Done()
			var own []time.Duration
			received, receivedTokens := 0, 0
			if mode == "unary" {
				for ; received < count; received++ {
					start := time.Now()
					if err := client.Count(); err != nil {
						log.Fatal(err)
					}
					own = append(own, time.Since(start))
				}
			} else if err := client.Generate(int32(count), func(tokens int) {
				if received == 0 {
					own = append(own, time.Since(scheduled))
				}
				received++
				receivedTokens += tokens
			}); err != nil {
				log.Fatal(err)
			}
			atomic.AddInt64(&messages, int64(received))
			atomic.AddInt64(&tokens, int64(receivedTokens))
			lock.Lock()
			latencies = append(latencies, own...)
			lock.Unlock()
		}()
	}
	group.Wait()
	seconds := time.Since(begin).Seconds()
	sort.Slice(latencies, func(a, b int) bool { return latencies[a] < latencies[b] })
	at := func(share float64) float64 {
		return float64(latencies[int(share*float64(len(latencies)-1))].Nanoseconds()) / 1000
	}
	fmt.Printf("{\"tokens\": %d, \"messages\": %d, \"seconds\": %f, \"p50_us\": %.1f, \"p99_us\": %.1f}\n",
		tokens, messages, seconds, at(0.5), at(0.99))
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	return value
}
