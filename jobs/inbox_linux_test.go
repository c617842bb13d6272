package jobs

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A check of a fifo does not wait for who writes into it: it is no file.
func TestCheckOfAFifo(t *testing.T) {
	s := newShop(t)
	path := s.path("inbox", "fifo.csv")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := CheckFile(context.Background(), "fifo.csv", path, &Senders{}, nil)
		ended <- err
	}()
	select {
	case err := <-ended:
		if err == nil || !strings.HasSuffix(err.Error(), "fifo.csv is no file: name the files themselves") {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits")
	}
}
