package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
)

// profiled does what do does and writes into a folder, which it makes, where the
// time and the memory went: cpu.pprof, and allocs.pprof, which `go tool pprof`
// reads. Without a folder it only does it.
func profiled(folder string, do func() error) error {
	if folder == "" {
		return do()
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder of --profile: %w", err)
	}
	f, err := os.Create(filepath.Join(folder, "cpu.pprof"))
	if err != nil {
		return fmt.Errorf("creating a profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		f.Close()
		return fmt.Errorf("beginning a profile: %w", err)
	}
	err = do()
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close(), writeAllocations(filepath.Join(folder, "allocs.pprof")))
}

// writeAllocations writes what was allocated and what of it is still held.
func writeAllocations(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("creating a profile: %w", err)
	}
	runtime.GC() // what is held is counted at a collection
	if err := pprof.Lookup("allocs").WriteTo(f, 0); err != nil {
		f.Close()
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return f.Close()
}
