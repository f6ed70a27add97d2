// Command go asks OCSP responders with golang.org/x/crypto/ocsp, which verifies each answer for itself: its signature, the
// responder's certificate, that it is about the certificate that was asked about.
//
// It reads questions from stdin, one a line: URL, authority's certificate (PEM file), certificate (PEM file), hash
// algorithm. It prints an answer for each, one a line: `good`, `revoked keyCompromise 2026-01-31T12:00:00Z`, `unknown`,
// or `error …`.
package main

import (
	"bufio"
	"bytes"
	"crypto"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"
)

var hashes = map[string]crypto.Hash{
	"sha1": crypto.SHA1, "sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512,
}

var reasons = map[int]string{
	ocsp.Unspecified: "unspecified", ocsp.KeyCompromise: "keyCompromise", ocsp.CACompromise: "cACompromise",
	ocsp.AffiliationChanged: "affiliationChanged", ocsp.Superseded: "superseded",
	ocsp.CessationOfOperation: "cessationOfOperation", ocsp.CertificateHold: "certificateHold",
	ocsp.RemoveFromCRL: "removeFromCRL", ocsp.PrivilegeWithdrawn: "privilegeWithdrawn", ocsp.AACompromise: "aACompromise",
}

func certificate(file string) (*x509.Certificate, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is not PEM", file)
	}
	return x509.ParseCertificate(block.Bytes)
}

func post(url string, request []byte) ([]byte, error) {
	response, err := http.Post(url, "application/ocsp-request", bytes.NewReader(request))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d", response.StatusCode)
	}
	return io.ReadAll(response.Body)
}

func ask(url, authorityFile, certificateFile, hash string) (string, error) {
	issuer, err := certificate(authorityFile)
	if err != nil {
		return "", err
	}
	asked, err := certificate(certificateFile)
	if err != nil {
		return "", err
	}
	request, err := ocsp.CreateRequest(asked, issuer, &ocsp.RequestOptions{Hash: hashes[hash]})
	if err != nil {
		return "", err
	}
	body, err := post(url, request)
	if err != nil {
		return "", err
	}
	answer, err := ocsp.ParseResponseForCert(body, asked, issuer)
	if err != nil {
		return "", err
	}
	now := time.Now()
	if answer.ThisUpdate.After(now) || answer.NextUpdate.Before(now) {
		return "", fmt.Errorf("holds from %s to %s", answer.ThisUpdate, answer.NextUpdate)
	}
	if answer.IssuerHash != hashes[hash] {
		return "", fmt.Errorf("asked by %s, answered by %s", hashes[hash], answer.IssuerHash)
	}
	return said(answer), nil
}

func said(answer *ocsp.Response) string {
	switch answer.Status {
	case ocsp.Good:
		return "good"
	case ocsp.Revoked:
		return fmt.Sprintf("revoked %s %s", reasons[answer.RevocationReason], answer.RevokedAt.UTC().Format(time.RFC3339))
	default:
		return "unknown"
	}
}

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		answer, err := ask(fields[0], fields[1], fields[2], fields[3])
		if err != nil {
			answer = "error " + err.Error()
		}
		fmt.Println(answer)
	}
}
