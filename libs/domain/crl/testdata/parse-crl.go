// What Go's crypto/x509 reads in a CRL, and whether it verifies: parse-crl <CA, PEM> <CRL, DER>
package main

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log"
	"os"
)

type seen struct {
	Number     string
	Entries    int
	Reasons    map[int]int
	Extensions []string
}

func main() {
	block, _ := pem.Decode(read(os.Args[1]))
	ca, err := x509.ParseCertificate(block.Bytes)
	check(err)
	list, err := x509.ParseRevocationList(read(os.Args[2]))
	check(err)
	check(list.CheckSignatureFrom(ca))
	found := seen{Number: list.Number.String(), Entries: len(list.RevokedCertificateEntries), Reasons: map[int]int{}}
	for _, entry := range list.RevokedCertificateEntries {
		found.Reasons[entry.ReasonCode]++
	}
	for _, extension := range list.Extensions {
		name := extension.Id.String()
		if extension.Critical {
			name += " critical"
		}
		found.Extensions = append(found.Extensions, name)
	}
	check(json.NewEncoder(os.Stdout).Encode(found))
}

func read(path string) []byte {
	octets, err := os.ReadFile(path)
	check(err)
	return octets
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
