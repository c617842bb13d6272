package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"prorata/jobs/durable"
	"prorata/jobs/ledger"
)

// noteSuffix is what the note beside a returned file is called after it.
const noteSuffix = ".refused.txt"

// giveBack lays the marked copy of a file into returned (IMP-8), with a note beside
// it that says what is wrong, and returns the note's path.
func (g *Ingest) giveBack(ctx context.Context, d *dropped, claimed string, check *Checked) (string, error) {
	dir := filepath.Join(g.Inbox, returnedFolder, d.sender)
	book, ext, err := returnedCopy(ctx, claimed, check.Faults, g.Senders.reading(d.shown()))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(book)
	path, there, err := returnName(dir, stem(d.name)+ext, hex.EncodeToString(sum[:]))
	if err != nil {
		return "", err
	}
	if !there {
		err = durable.Replace(durable.InboxReturn, path, durable.Shared, book)
	}
	if err == nil {
		err = durable.Replace(durable.InboxReturn, path+noteSuffix, durable.Shared, []byte(check.note(d.name)))
	}
	if err != nil {
		return "", fmt.Errorf("giving it back: %w", err)
	}
	return path + noteSuffix, nil
}

// returnName is a free name, or that of a copy of the same bytes, which a crash
// or the same file dropped twice has left there.
func returnName(dir, name, sum string) (path string, there bool, err error) {
	path = filepath.Join(dir, name)
	if same, err := ledger.FileSum(path); err == nil && same == sum {
		return path, true, nil
	}
	path, err = freeName(dir, name)
	return path, false, err
}
