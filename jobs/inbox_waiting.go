package jobs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"prorata/jobs/durable"
)

// Files that ingest took wait for the next night in LEDGER.waiting, each in a
// folder that has its SHA-256 for a name.

func waitingFolder(path string) string { return path + ".waiting" }

// accept makes a copy wait for the night. One that waits already has the same bytes.
func accept(ledgerPath, copied, sum string) error {
	dir := filepath.Join(waitingFolder(ledgerPath), sum)
	if _, err := os.Lstat(dir); err == nil {
		return os.RemoveAll(filepath.Dir(copied))
	}
	if err := durable.Folder(filepath.Dir(copied)); err != nil {
		return err
	}
	if err := durable.Rename(durable.InboxAccept, filepath.Dir(copied), dir); err != nil {
		return errors.Join(err, os.RemoveAll(filepath.Dir(copied)))
	}
	return durable.Folder(waitingFolder(ledgerPath))
}

// toRead is a file that a night takes in.
type toRead struct {
	name    string // as it is shown
	path    string
	waiting bool  // it is forgotten once it is on the books
	unread  error // why it is a note that the archive has, and not the file
}

// waitingFiles lists what waits for the night.
func waitingFiles(ledgerPath string) ([]toRead, error) {
	folders, err := os.ReadDir(waitingFolder(ledgerPath))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what waits for the night: %w", err)
	}
	var all []toRead
	for _, d := range folders {
		if strings.HasPrefix(d.Name(), ".") {
			continue
		}
		dir := filepath.Join(waitingFolder(ledgerPath), d.Name())
		files, err := os.ReadDir(dir)
		if err != nil {
			return nil, fmt.Errorf("reading what waits for the night: %w", err)
		}
		for _, f := range files {
			all = append(all, toRead{name: f.Name(), path: filepath.Join(dir, f.Name()), waiting: true})
		}
	}
	return all, nil
}

// filesOfNight lists what a night takes in, by name: what waits, and what lies in
// the inbox, which is empty where only ingest takes files out of it.
func (r *Run) filesOfNight() ([]toRead, error) {
	all, err := waitingFiles(r.Ledger)
	if err != nil {
		return nil, err
	}
	if r.Inbox != "" {
		inbox, skipped, err := lookInto(r.Inbox)
		if err != nil {
			return nil, err
		}
		logSkipped(r.Log, skipped)
		for i := range inbox {
			all = append(all, toRead{name: inbox[i].shown(), path: inbox[i].in(r.Inbox), unread: inbox[i].unread})
		}
	}
	// Files of one name: as they lie above, wherever the folders are.
	slices.SortStableFunc(all, func(a, b toRead) int { return cmp.Compare(a.name, b.name) })
	return all, nil
}

// forget removes what waited and is on the books now. What a crash or a failing
// disk leaves here is taken in once more, which does nothing (IMP-9).
func (r *Run) forget(files []toRead) {
	if r.DryRun {
		return
	}
	for _, f := range files {
		if !f.waiting {
			continue
		}
		if err := durable.Step(durable.InboxForget, func() error { return os.RemoveAll(filepath.Dir(f.path)) }); err != nil {
			r.Log.Warn().Err(err).Str("file", f.name).Msg("the file is on the books, and the copy that waited cannot be removed; the next night tries again")
		}
	}
}

// sweepWaiting removes copies that a crash has cut off.
func sweepWaiting(ledgerPath string) error {
	entries, err := os.ReadDir(waitingFolder(ledgerPath))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".copy-") {
			err = errors.Join(err, os.RemoveAll(filepath.Join(waitingFolder(ledgerPath), e.Name())))
		}
	}
	if err != nil {
		return fmt.Errorf("removing what a crash has left: %w", err)
	}
	return nil
}
