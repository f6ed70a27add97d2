// Entries a CPU second of x509.CreateRevocationList, with CRL entries like ours: crl <count>
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"log"
	"math/big"
	"os"
	"strconv"
	"syscall"
	"time"
)

func main() {
	count, err := strconv.Atoi(os.Args[1])
	check(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	issuer := &x509.Certificate{
		Subject:      pkix.Name{CommonName: "benchmark"},
		SubjectKeyId: make([]byte, 20),
		KeyUsage:     x509.KeyUsageCRLSign,
	}
	entries := make([]x509.RevocationListEntry, count)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := range entries {
		entries[at] = x509.RevocationListEntry{
			SerialNumber:   big.NewInt(int64(0x100000001 + at)),
			RevocationTime: start.Add(time.Duration(at%31_000_000) * time.Second),
			ReasonCode:     4,
		}
	}
	before := cpu()
	list := &x509.RevocationList{
		Number:                    big.NewInt(1),
		ThisUpdate:                start,
		NextUpdate:                start.Add(24 * time.Hour),
		RevokedCertificateEntries: entries,
	}
	_, err = x509.CreateRevocationList(rand.Reader, list, issuer, key)
	check(err)
	fmt.Println(float64(count) / (cpu() - before))
}

func cpu() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
