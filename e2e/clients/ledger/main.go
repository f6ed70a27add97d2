// Ledger reads a usage ledger with the packages that Go's checksum database is
// read with, and with nothing of Kakunin's.
//
//	ledger check <directory> <verifier key> <earlier size>...
//	ledger sign <key name> < text > note
package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/mod/sumdb/note"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "check":
		earlier := make([]int64, len(args)-3)
		for i, arg := range args[3:] {
			size, err := strconv.ParseInt(arg, 10, 64)
			if err != nil {
				return err
			}
			earlier[i] = size
		}
		return check(args[1], args[2], earlier)
	case len(args) == 2 && args[0] == "sign":
		return sign(args[1])
	}
	return fmt.Errorf("usage: ledger check <directory> <verifier key> <earlier size>... | ledger sign <key name>")
}

// sign signs standard input with a new key, whose verifier key goes to standard error.
func sign(name string) error {
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	if err != nil {
		return err
	}
	fmt.Fprint(os.Stderr, vkey)
	_, err = os.Stdout.Write(signed)
	return err
}
