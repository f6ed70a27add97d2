// Command live is an OCSP responder on golang.org/x/crypto/ocsp that looks up and signs each answer: what an
// experienced engineer writes in an hour. It knows no nonces, callers, metering or freshness.
//
//	live <authority certificate> <responder certificate> <responder key> <index.txt>
package main

import (
	"bufio"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func der(file string) []byte {
	block, _ := pem.Decode(must(os.ReadFile(file)))
	return block.Bytes
}

// statuses reads the index file of `openssl ca`: serial numbers by status and revocation time.
func statuses(file string) map[string]time.Time {
	known := map[string]time.Time{}
	lines := bufio.NewScanner(must(os.Open(file)))
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		serial, _ := new(big.Int).SetString(fields[3], 16)
		var revokedAt time.Time
		if fields[0] == "R" {
			revokedAt = must(time.Parse("060102150405Z", strings.Split(fields[2], ",")[0]))
		}
		known[string(serial.Bytes())] = revokedAt
	}
	return known
}

func main() {
	issuer := must(x509.ParseCertificate(der(os.Args[1])))
	responder := must(x509.ParseCertificate(der(os.Args[2])))
	key := must(x509.ParsePKCS8PrivateKey(der(os.Args[3]))).(crypto.Signer)
	known := statuses(os.Args[4])
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	fmt.Println("ready", listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := ocsp.ParseRequest(must(io.ReadAll(r.Body)))
		if err != nil {
			w.Write(ocsp.MalformedRequestErrorResponse)
			return
		}
		now := time.Now()
		template := ocsp.Response{Status: ocsp.Unknown, SerialNumber: request.SerialNumber, IssuerHash: request.HashAlgorithm,
			Certificate: responder, ThisUpdate: now, NextUpdate: now.Add(15 * time.Minute)}
		if revokedAt, issued := known[string(request.SerialNumber.Bytes())]; issued {
			template.Status = ocsp.Good
			if !revokedAt.IsZero() {
				template.Status, template.RevokedAt = ocsp.Revoked, revokedAt
			}
		}
		w.Header().Set("Content-Type", "application/ocsp-response")
		w.Write(must(ocsp.CreateResponse(issuer, responder, template, key)))
	})))
}
