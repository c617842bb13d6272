package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// What lies beside the ledger, the state of the schedule and of the notices, is
// small, and is replaced whole or not at all.

// readState reads a state; where there is none v stays as it is. One that cannot
// be read is an error: what it knew was done must not be done again.
func readState(name string, v any) error {
	body, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w; move it away to begin anew from what the ledger says", name, err)
	}
	return nil
}

// writeState replaces a state.
func writeState(name string, v any) error {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return guarded(FailState, func() error { return replaceFile(name, append(body, '\n')) })
}

// replaceFile writes a file whole or not at all, and durably.
func replaceFile(name string, body []byte) error {
	temp := name + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncFolder(filepath.Dir(name))
}

// syncFolder brings the names in a folder to disk. Windows does that by itself,
// and some network shares cannot be asked; there the share's own promise holds.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("bringing %s to disk: %w", dir, err)
	}
	return nil
}
