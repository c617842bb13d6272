package main

import (
	"fmt"
	"path/filepath"
)

// apart is an error where the program would find its own files in the inbox: a night
// reads whatever lies there, and ingest takes it away, the ledger too.
func (cfg *config) apart() error {
	if cfg.path("inbox") == "" {
		return nil
	}
	inbox := realPath(cfg.path("inbox"))
	if way, err := filepath.Rel(inbox, realPath(cfg.path("ledger"))); err == nil && filepath.IsLocal(way) {
		return usageError{fmt.Sprintf("the ledger %s lies in the inbox, where its files would be taken for input: name another with --ledger, or another folder with --inbox", cfg.path("ledger"))}
	}
	if realPath(cfg.path("out")) == inbox {
		return usageError{fmt.Sprintf("the inbox and the folder of reports are one, %s, and a night would read the reports of the last: name another with --out", inbox)}
	}
	return nil
}

// realPath is a path without links, as far as it leads to what is there.
func realPath(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil || abs == filepath.Dir(abs) {
		return real
	}
	return filepath.Join(realPath(filepath.Dir(abs)), filepath.Base(abs))
}
