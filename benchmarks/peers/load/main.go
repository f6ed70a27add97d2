// Command load POSTs prepared requests over kept connections and prints one line of JSON.
//
// Closed loop: each connection sends its next request when it has its answer. With -rate it is an open loop: requests
// are due at fixed times whatever the answers do, and latency counts from when a request was due. Connections are made
// before the clock starts; with -handshakes each request has one of its own, made by a full handshake.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

var (
	address     = flag.String("address", "", "host:port")
	path        = flag.String("path", "/ocsp", "path to POST to")
	bodies      = flag.String("bodies", "", "file of request bodies, each behind its length (u16, big-endian)")
	nonce       = flag.Int("nonce", 0, "octets at the end of each body that are drawn anew")
	connections = flag.Int("connections", 32, "connections kept busy")
	seconds     = flag.Float64("seconds", 5, "how long")
	rate        = flag.Float64("rate", 0, "requests a second in all; 0: as fast as answers come")
	handshakes  = flag.Bool("handshakes", false, "a connection for each request")
	certificate = flag.String("certificate", "", "PEM of the client certificate: TLS")
	key         = flag.String("key", "", "PEM of its key")
)

type result struct {
	Requests  int     `json:"requests"`
	Errors    int     `json:"errors"`
	Seconds   float64 `json:"seconds"`
	P50       float64 `json:"p50"`
	P99       float64 `json:"p99"`
	P999      float64 `json:"p999"`
	CPU       float64 `json:"cpu"`
	LastError string  `json:"lastError,omitempty"`
}

func dial(config *tls.Config) (net.Conn, error) {
	if config == nil {
		return net.Dial("tcp", *address)
	}
	return tls.Dial("tcp", *address, config)
}

func readBodies() (requests [][]byte) {
	content, err := os.ReadFile(*bodies)
	if err != nil {
		panic(err)
	}
	for len(content) > 0 {
		length := int(content[0])<<8 | int(content[1])
		head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/ocsp-request\r\nContent-Length: %d\r\n\r\n", *path, *address, length)
		requests = append(requests, append([]byte(head), content[2:2+length]...))
		content = content[2+length:]
	}
	return requests
}

// exchange sends one request and reads one answer, of which only a status of 200 and its length matter.
func exchange(connection net.Conn, reader *bufio.Reader, request []byte) error {
	if *nonce > 0 {
		rand.Read(request[len(request)-*nonce:])
	}
	if _, err := connection.Write(request); err != nil {
		return err
	}
	length, first := -1, true
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
			return fmt.Errorf("answered %q", line)
		}
		first = false
		if len(line) == 0 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("content-length")) {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
	}
	_, err := io.CopyN(io.Discard, reader, int64(length))
	return err
}

// run keeps one connection busy until the end and returns the latencies in microseconds.
func run(number int, requests [][]byte, config *tls.Config, begin *barrier) (latencies []float64, failed error) {
	buffer := make([]byte, 4096)
	connection, failed := dial(config)
	start := begin.wait()
	end := start.Add(time.Duration(*seconds * float64(time.Second)))
	if failed != nil {
		return nil, failed
	}
	reader := bufio.NewReaderSize(connection, 8192)
	interval := time.Duration(0)
	due := start
	if *rate > 0 {
		interval = time.Duration(float64(time.Second) * float64(*connections) / *rate)
		due = start.Add(interval * time.Duration(number) / time.Duration(*connections))
	}
	for index := number * 7919; ; index++ {
		if *rate > 0 {
			time.Sleep(time.Until(due))
		} else {
			due = time.Now()
		}
		if !time.Now().Before(end) {
			return latencies, nil
		}
		if *handshakes {
			connection.Close()
			if connection, failed = dial(config); failed != nil {
				return latencies, failed
			}
			reader = bufio.NewReaderSize(connection, 8192)
		}
		request := append(buffer[:0], requests[index%len(requests)]...)
		if failed = exchange(connection, reader, request); failed != nil {
			return latencies, failed
		}
		latencies = append(latencies, float64(time.Since(due).Nanoseconds())/1000)
		due = due.Add(interval)
	}
}

// barrier lets all go at one time: when the last one has come.
type barrier struct {
	coming sync.WaitGroup
	start  func() time.Time
}

func (b *barrier) wait() time.Time {
	b.coming.Done()
	b.coming.Wait()
	return b.start()
}

func main() {
	flag.Parse()
	requests := readBodies()
	var config *tls.Config
	if *certificate != "" {
		pair, err := tls.LoadX509KeyPair(*certificate, *key)
		if err != nil {
			panic(err)
		}
		// The answers' signatures are what callers trust; here only the cost of TLS counts.
		config = &tls.Config{Certificates: []tls.Certificate{pair}, InsecureSkipVerify: true, SessionTicketsDisabled: true}
	}
	begin := &barrier{start: sync.OnceValue(time.Now)}
	begin.coming.Add(*connections)
	said := result{}
	var all []float64
	var lock sync.Mutex
	var group sync.WaitGroup
	for number := range *connections {
		group.Go(func() {
			latencies, err := run(number, requests, config, begin)
			lock.Lock()
			defer lock.Unlock()
			all = append(all, latencies...)
			if err != nil {
				said.Errors++
				said.LastError = err.Error()
			}
		})
	}
	group.Wait()
	said.Seconds = time.Since(begin.start()).Seconds()
	said.Requests = len(all)
	slices.Sort(all)
	at := func(share float64) float64 {
		if len(all) == 0 {
			return 0
		}
		return all[min(len(all)-1, int(share*float64(len(all))))]
	}
	said.P50, said.P99, said.P999 = at(0.5), at(0.99), at(0.999)
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	said.CPU = float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
	json.NewEncoder(os.Stdout).Encode(said)
}
