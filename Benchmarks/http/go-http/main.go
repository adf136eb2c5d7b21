// A server of OpenAI's chat completions as one writes it with net/http, and the load on it and its
// peers.
//
//	go-http serve [PACE]                      PACE is in microseconds
//	go-http load ADDRESS STREAMS TOKENS [ROUNDS]
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"net"
	"net/http"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"
)

type message struct {
	Role    string `json:"role,omitempty"`
	Content string `json:"content"`
}

type request struct {
	Model     string    `json:"model"`
	Messages  []message `json:"messages"`
	Stream    bool      `json:"stream"`
	MaxTokens int       `json:"max_tokens"`
	Options   struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

type choice struct {
	Index        int     `json:"index"`
	Delta        message `json:"delta"`
	FinishReason *string `json:"finish_reason"`
}

type usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
}

type chunk struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Created int64    `json:"created"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage,omitempty"`
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(pace time.Duration) {
	http.HandleFunc("/v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		var asked request
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		flusher := w.(http.Flusher)
		answer := chunk{ID: "chatcmpl-1", Object: "chat.completion.chunk", Created: time.Now().Unix(), Model: asked.Model}
		send := func() bool {
			data, err := json.Marshal(answer)
			if err == nil {
				_, err = fmt.Fprintf(w, "data: %s\n\n", data)
			}
			flusher.Flush()
			return err == nil
		}
		next := time.Now()
		for token := 0; token < asked.MaxTokens; token++ {
			if pace > 0 {
				next = next.Add(pace)
				time.Sleep(time.Until(next))
			}
			answer.Choices = []choice{{Delta: message{Content: " word"}}}
			if !send() {
				return
			}
		}
		reason := "length"
		answer.Choices = []choice{{FinishReason: &reason}}
		send()
		answer.Choices = []choice{}
		answer.Usage = &usage{1, asked.MaxTokens, asked.MaxTokens + 1}
		send()
		fmt.Fprint(w, "data: [DONE]\n\n")
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("serving on", listener.Addr())
	check(http.Serve(listener, nil))
}

type result struct {
	tokens, events int
	first          []float64
}

// One stream: the tokens that its end tells, its events, and the time to the first one with text.
func stream(address string, body []byte, sum *result, lock *sync.Mutex) {
	begin := time.Now()
	response, err := http.Post("http://"+address+"/v1/chat/completions", "application/json", bytes.NewReader(body))
	check(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		check(fmt.Errorf("status %s", response.Status))
	}
	reader := bufio.NewReaderSize(response.Body, 64<<10)
	events, first, isDone := 0, 0.0, false
	var told chunk
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			break
		}
		if !bytes.HasPrefix(line, []byte("data: ")) {
			continue
		}
		events++
		if first == 0 && bytes.Contains(line, []byte(`"content":`)) && !bytes.Contains(line, []byte(`"content":""`)) {
			first = float64(time.Since(begin).Microseconds()) / 1000
		}
		if bytes.Contains(line, []byte(`"usage":{`)) {
			check(json.Unmarshal(line[len("data: "):], &told))
		}
		isDone = bytes.HasPrefix(line, []byte("data: [DONE]"))
	}
	if !isDone || told.Usage == nil {
		check(fmt.Errorf("a stream ended early"))
	}
	lock.Lock()
	defer lock.Unlock()
	sum.tokens += told.Usage.CompletionTokens
	sum.events += events
	sum.first = append(sum.first, first)
}

// Before each stream its caller waits for a random time of at most `spread`.
func load(address string, streams, tokens, rounds int, spread time.Duration) {
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = streams
	body, err := json.Marshal(map[string]any{
		"model": os.Getenv("MODEL_NAME"), "stream": true, "max_tokens": tokens,
		"messages":       []message{{"user", "Say something."}},
		"stream_options": map[string]any{"include_usage": true},
	})
	check(err)
	var sum result
	var lock sync.Mutex
	var all sync.WaitGroup
	begin := time.Now()
	for i := 0; i < streams; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for round := 0; round < rounds; round++ {
				if spread > 0 {
					time.Sleep(time.Duration(rand.Int63n(int64(spread))))
				}
				stream(address, body, &sum, &lock)
			}
		}()
	}
	all.Wait()
	seconds := time.Since(begin).Seconds()
	sort.Float64s(sum.first)
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"seconds": seconds, "tokens": sum.tokens, "events": sum.events,
		"first_p50": sum.first[(len(sum.first)-1)/2], "first_p99": sum.first[(len(sum.first)-1)*99/100],
	}))
}

func main() {
	number := func(index, otherwise int) int {
		if len(os.Args) <= index {
			return otherwise
		}
		value, err := strconv.Atoi(os.Args[index])
		check(err)
		return value
	}
	switch {
	case len(os.Args) >= 2 && os.Args[1] == "serve":
		serve(time.Duration(number(2, 0)) * time.Microsecond)
	case len(os.Args) >= 5 && os.Args[1] == "load":
		load(os.Args[2], number(3, 1), number(4, 1), number(5, 1), time.Duration(number(6, 0))*time.Millisecond)
	default:
		check(fmt.Errorf("go-http serve [PACE] | load ADDRESS STREAMS TOKENS [ROUNDS [SPREAD]]"))
	}
}
