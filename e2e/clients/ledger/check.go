package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// check opens the checkpoint, proves every record to be in its tree, and each
// earlier tree to be the beginning of it. It prints the proofs, a line each.
func check(directory, vkey string, earlier []int64) error {
	tree, err := openCheckpoint(directory, vkey)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, tiles(directory))
	for index := int64(0); index < tree.N; index++ {
		record, err := readRecord(directory, tree.N, index)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(record)); err != nil {
			return fmt.Errorf("record %d: %w", index, err)
		}
		printProof("record", index, proof)
	}
	for _, size := range earlier {
		hash, err := tlog.TreeHash(size, reader)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, size, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, hash); err != nil {
			return fmt.Errorf("tree %d: %w", size, err)
		}
		printProof("tree", size, append([]tlog.Hash{hash}, proof...))
	}
	return nil
}

func printProof(kind string, number int64, proof []tlog.Hash) {
	fmt.Print(kind, " ", number)
	for _, hash := range proof {
		fmt.Print(" ", hash)
	}
	fmt.Println()
}

func openCheckpoint(directory, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	octets, err := os.ReadFile(filepath.Join(directory, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(octets, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.SplitN(opened.Text, "\n", 4)
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("no checkpoint of %s", verifier.Name())
	}
	// The lines are those of the checksum database, under another first one.
	return tlog.ParseTree([]byte("go.sum database tree\n" + lines[1] + "\n" + lines[2] + "\n"))
}

// tiles reads tiles of height 8 below a directory.
type tiles string

func (tiles) Height() int { return 8 }

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (directory tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, tile := range wanted {
		octets, err := os.ReadFile(filepath.Join(string(directory), pathOf(tile)))
		if err != nil {
			return nil, err
		}
		data[i] = octets
	}
	return data, nil
}

// pathOf is the path in C2SP tlog-tiles: without the height, and with another word for data.
func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

// readRecord reads a record from the entry bundle of a tree of that size.
func readRecord(directory string, size, index int64) ([]byte, error) {
	bundle := tlog.Tile{H: 8, L: -1, N: index / 256, W: int(min(256, size-index/256*256))}
	octets, err := os.ReadFile(filepath.Join(directory, pathOf(bundle)))
	if err != nil {
		return nil, err
	}
	for at := int64(0); len(octets) >= 2; at++ {
		length := 2 + int(binary.BigEndian.Uint16(octets))
		if length > len(octets) {
			break
		}
		if at == index%256 {
			return octets[2:length], nil
		}
		octets = octets[length:]
	}
	return nil, fmt.Errorf("%s is cut short", pathOf(bundle))
}
