// Command floor answers every POST with 500 fixed octets: the least that an HTTP server in Go costs.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
)

func main() {
	body := make([]byte, 500)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("ready", listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/ocsp-response")
		w.Write(body)
	})))
}
