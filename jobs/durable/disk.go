package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Folder brings the names in a folder to disk. Windows does that by itself, and
// some network shares cannot be asked; there the share's own promise holds.
func Folder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("bringing a folder to disk: %w", err)
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	if err = errors.Join(err, d.Close()); err != nil {
		return fmt.Errorf("bringing %s to disk: %w", dir, err)
	}
	return nil
}

// Rename gives a file or a folder another name.
func Rename(failpoint, from, to string) error {
	return Step(failpoint, func() error { return os.Rename(from, to) })
}

// The modes of what is written.
const (
	Private fs.FileMode = 0o600 // it is the program's own
	Shared  fs.FileMode = 0o644 // others read it, as far as the umask says
)

// Replace writes a file whole or not at all, and brings it to disk.
func Replace(failpoint, name string, mode fs.FileMode, body []byte) error {
	return Write(failpoint, name, mode, func(f *os.File) error {
		_, err := f.Write(body)
		return err
	})
}

// Write writes a file under a temporary name, brings it to disk and gives it its
// own, which is the failpoint: it is there whole or not at all.
func Write(failpoint, name string, mode fs.FileMode, write func(*os.File) error) error {
	temp := name + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = Rename(failpoint, temp, name)
	}
	if err != nil {
		os.Remove(temp) // it may be gone already
		return err
	}
	return Folder(filepath.Dir(name))
}
