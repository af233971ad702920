// A second verifier of the ledger in an export, which shares no line with ours: Go's own packages for signed notes and
// transparency logs (golang.org/x/mod/sumdb/note and tlog, Debian golang-golang-x-mod-dev).
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run ledger.go EXPORT VERIFIER_KEY
//
// EXPORT is the folder of an export, or the folder a ledger is published to. It reads the checkpoint, hashes every entry, makes the
// root anew, and compares every tile with what the entries give. It believes nothing that tlog.TileHashReader says: before v0.40.0
// that accepts forged tiles (CVE-2026-56865). Only afterwards it proves entries by it, to show that clients can read the tiles.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

// hashes are the stored hashes of the tree, by their storage index.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, 0, len(indexes))
	for _, i := range indexes {
		if i < 0 || i >= int64(len(h)) {
			return nil, fmt.Errorf("hash %d: there are %d", i, len(h))
		}
		found = append(found, h[i])
	}
	return found, nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go run ledger.go EXPORT VERIFIER_KEY")
		os.Exit(2)
	}
	dir := filepath.Join(os.Args[1], "ledger")
	if _, err := os.Stat(filepath.Join(os.Args[1], "checkpoint")); err == nil {
		dir = os.Args[1]
	}
	size, err := verify(dir, os.Args[2])
	if err != nil {
		fmt.Println("NOT VERIFIED:", err)
		os.Exit(1)
	}
	fmt.Printf("VERIFIED: %d entries\n", size)
}

func verify(dir, key string) (int64, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return 0, err
	}
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return 0, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	size, root, err := readCheckpoint(opened.Text)
	if err != nil {
		return 0, err
	}
	var stored hashes
	for n := int64(0); n < size; {
		entries, err := readEntries(dir, n/width, min(width, size-n))
		if err != nil {
			return 0, err
		}
		for _, entry := range entries {
			more, err := tlog.StoredHashesForRecordHash(n, tlog.RecordHash(entry), stored)
			if err != nil {
				return 0, err
			}
			stored = append(stored, more...)
			n++
		}
	}
	made, err := tlog.TreeHash(size, stored)
	if err != nil {
		return 0, err
	}
	if made != root {
		return 0, fmt.Errorf("the entries make the root %v, and the checkpoint has %v", made, root)
	}
	if err := compareTiles(dir, size, stored); err != nil {
		return 0, err
	}
	return size, proveFromTiles(dir, size, root, stored)
}

// tileFiles reads tiles for clients of package tlog, whose paths have the height in them and ours have not.
type tileFiles struct{ dir string }

func (tileFiles) Height() int                     { return height }
func (tileFiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		path := filepath.Join(t.dir, "tile", strconv.Itoa(tile.L), index(tile.N, int64(tile.W)))
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

// proveFromTiles does what a client of the Go checksum database does: it reads tiles alone and proves entries by them. The tiles
// were compared before; this shows that they can be read by somebody who knows nothing but the layout.
func proveFromTiles(dir string, size int64, root tlog.Hash, stored hashes) error {
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tileFiles{dir})
	for _, n := range []int64{0, size / 2, size - 1} {
		if n < 0 || n >= size {
			continue
		}
		proof, err := tlog.ProveRecord(size, n, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, size, root, n, stored[tlog.StoredHashIndex(0, n)]); err != nil {
			return err
		}
	}
	return nil
}

// readCheckpoint reads the three lines of a checkpoint (c2sp.org/tlog-checkpoint).
func readCheckpoint(text string) (int64, tlog.Hash, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return 0, tlog.Hash{}, fmt.Errorf("checkpoint: expected three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return size, root, err
}

func readEntries(dir string, bundle, count int64) ([][]byte, error) {
	data, err := os.ReadFile(filepath.Join(dir, "tile", "entries", index(bundle, count)))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("bundle %d: an entry is cut", bundle)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if int64(len(entries)) != count {
		return nil, fmt.Errorf("bundle %d: %d entries, expected %d", bundle, len(entries), count)
	}
	return entries, nil
}

// compareTiles compares every hash tile with what the entries give.
func compareTiles(dir string, size int64, stored hashes) error {
	for level, count := 0, size; count > 0; level, count = level+1, count>>height {
		for n := int64(0); n*width < count; n++ {
			tile := tlog.Tile{H: height, L: level, N: n, W: int(min(width, count-n*width))}
			want, err := tlog.ReadTileData(tile, stored)
			if err != nil {
				return err
			}
			path := filepath.Join(dir, "tile", strconv.Itoa(level), index(n, int64(tile.W)))
			got, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if !bytes.Equal(got, want) {
				return fmt.Errorf("%s: is not what the entries give", path)
			}
		}
	}
	return nil
}

// index is the path of a tile below its level: 1234067 is x001/x234/067, and a partial tile says how wide it is.
func index(n, w int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if w < width {
		path += fmt.Sprintf(".p/%d", w)
	}
	return path
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
