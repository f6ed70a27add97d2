// Reads blind lists as docs/reference/blind-list.md describes them, and shares no code with the library.
//
//	blind-list FULL [DELTA…] < fingerprints
//
// prints 1 for each fingerprint (64 hexadecimal digits a line) that the files together mark, and 0 for others.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log"
	"math/bits"
	"os"
)

const golden = 0x9e3779b9

func mix(x uint32) uint32 {
	x ^= x >> 16
	x *= 0x85ebca6b
	x ^= x >> 13
	x *= 0xc2b2ae35
	return x ^ x>>16
}

func scale(x, n uint32) uint32 { return uint32(uint64(x) * uint64(n) >> 32) }

type block struct {
	inverted           bool
	k, filter, exact   uint32
	filterSeed, eqSeed uint32
	words              []uint32
}

type list struct {
	salt   [4]uint32
	blocks []block
}

func read(name string) list {
	octets, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	if string(octets[:4]) != "KBL\x01" {
		log.Fatal("no blind list of version 1")
	}
	var l list
	for i := range l.salt {
		l.salt[i] = binary.LittleEndian.Uint32(octets[72+4*i:])
	}
	count := int(binary.BigEndian.Uint32(octets[4:]))
	rest := octets[112+10*count:]
	for i := 0; i < count; i++ {
		line := octets[112+10*i:]
		b := block{
			inverted:   line[0] >= 128,
			k:          uint32(line[0] % 128),
			filterSeed: uint32(line[1]),
			eqSeed:     uint32(line[2]) + 256,
			filter:     uint32(line[3])<<16 | uint32(line[4])<<8 | uint32(line[5]),
			exact:      binary.BigEndian.Uint32(line[6:]),
		}
		b.words = make([]uint32, b.k*b.filter+b.exact)
		for j := range b.words {
			b.words[j] = binary.LittleEndian.Uint32(rest[4*j:])
		}
		rest = rest[4*len(b.words):]
		l.blocks = append(l.blocks, b)
	}
	if len(rest) != 0 {
		log.Fatal("octets behind the last block")
	}
	return l
}

func (l list) marks(fingerprint []byte) bool {
	a, b, c := l.salt[0], l.salt[1], l.salt[2]
	for i := 0; i < 32; i += 4 {
		f := binary.LittleEndian.Uint32(fingerprint[i:])
		a = mix(a^f) + b
		b = (b^f)*golden ^ a>>15
		c = (c+a)*0x27d4eb2f ^ b>>13
	}
	high := mix(a ^ l.salt[3])
	low := mix(b^high) &^ 1
	at := l.blocks[scale(mix(c^low), uint32(len(l.blocks)))]
	return at.singlesOut(high, low) != at.inverted
}

func (b block) singlesOut(high, low uint32) bool {
	if b.exact == 0 {
		return false
	}
	for j := uint32(0); j < b.k; j++ {
		solution := func(word uint32) uint32 { return b.words[word*b.k+j] }
		if value(high, low, b.filterSeed, b.filter, solution) != 0 {
			return false
		}
	}
	solution := func(word uint32) uint32 { return b.words[b.k*b.filter+word] }
	return value(high, low, b.eqSeed, b.exact, solution) == 1
}

func value(high, low, seed, n uint32, solution func(uint32) uint32) int {
	p := mix(high + (seed+1)*golden)
	q := mix(low ^ p)
	width := min(8, n)
	start := scale(q, n-width+1)
	sum := 0
	for i := uint32(0); i < width; i++ {
		coefficient := mix(p ^ (q+(i+1)*golden)*0x85ebca77)
		sum += bits.OnesCount32(coefficient & solution(start+i))
	}
	return sum & 1
}

func main() {
	var lists []list
	for _, name := range os.Args[1:] {
		lists = append(lists, read(name))
	}
	lines := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		fingerprint, err := hex.DecodeString(lines.Text())
		if err != nil || len(fingerprint) != 32 {
			log.Fatal("a line is no fingerprint")
		}
		marked := 0
		for _, l := range lists {
			if l.marks(fingerprint) {
				marked ^= 1
			}
		}
		fmt.Fprintln(out, marked)
	}
}
