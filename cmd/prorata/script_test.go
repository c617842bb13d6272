package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"prorata/jobs/durable"
)

// TestMain lets the scripts and the crash tests run this test binary as prorata.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"prorata": func() { os.Exit(crashable()) }})
}

// crashable is the program, but that it kills itself where CRASH_AT says: at the
// n-th pass of a failpoint ("settle.commit.before", or "segment.fsync.after:2").
func crashable() int {
	at, nth := os.Getenv("CRASH_AT"), 1
	if i := len(at) - 2; i > 0 && at[i] == ':' {
		nth, at = int(at[i+1]-'0'), at[:i]
	}
	var passed atomic.Int64
	durable.Failpoint = func(name string) error {
		if name != at || passed.Add(1) != int64(nth) {
			return nil
		}
		fmt.Fprintln(os.Stderr, "crashed at "+name)
		switch os.Getenv("CRASH_BY") {
		case "TERM":
			return syscall.Kill(os.Getpid(), syscall.SIGTERM)
		case "ENOSPC":
			return syscall.ENOSPC
		}
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	c := newConsole()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return c.main(ctx, os.Args[1:])
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true})
}
