package jobs

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// A link is never followed, a fifo, a socket or a device never opened, and a folder in a
// sender's folder not looked into: one line of a night says so, of what a person may have dropped. Hidden and half-copied names, and
// ingest's own folders that lie elsewhere, are left alone without a word.
func TestWhatIsNoFileIsTold(t *testing.T) {
	s := newShop(t)
	s.drop("../secret.csv", badCSV)
	s.drop("bo/requests.csv.part", "")
	s.drop("bo/november/requests.csv", badCSV)
	s.drop("bo/.hidden/requests.csv", badCSV)
	for link, to := range map[string]string{"a link.csv": "secret.csv", "bo/requests.csv": "secret.csv", "folder": "elsewhere", ".hidden.csv": "secret.csv", "~$x.csv": "secret.csv",
		"half.csv.part": "secret.csv", "processed": "elsewhere"} {
		if err := os.Symlink(s.path(to), s.path("inbox", link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(syscall.Mkfifo(s.path("inbox", "fifo.csv"), 0o644), os.Mkdir(s.path("elsewhere"), 0o755)); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s.log = zerolog.New(&log)
	told := func(of string, want int) {
		t.Helper()
		const line = `{"level":"warn","skipped":["a link.csv","fifo.csv","folder","bo - requests.csv","bo - november/"],"message":"links, what else is no file, or folders `
		if got := strings.Count(log.String(), line); got != want || strings.Count(log.String(), "skipped") != want {
			t.Errorf("%s told it %d times, want %d:\n%s", of, got, want, &log)
		}
		log.Reset()
	}
	if report, err := s.night(s.path("inbox"), 22); err != nil || len(report.Files) != 3 {
		t.Errorf("%+v, %v", report, err)
	}
	told("a run", 1)
	if in, err := s.ingest(); err != nil || len(in.Files) != 3 {
		t.Errorf("%+v, %v", in, err)
	}
	told("an ingest between nights", 0)
	scheduled := ScheduledNight{Run: s.run("", 22), Ingest: s.ingesting(), Zone: time.UTC}
	if _, err := scheduled.Do(context.Background(), time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)); err != nil {
		t.Error(err)
	}
	told("a night of the schedule", 1)
}

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

// A file that claims a terabyte, of which a disk holds nothing, is not copied: a night, an
// ingest and a check tell it, and read the others.
func TestFileThatClaimsATerabyte(t *testing.T) {
	s := newShop(t)
	s.drop("vast.csv", "RequestId,RequestDate")
	vast := s.path("inbox", "vast.csv")
	if err := os.Truncate(vast, 1<<40); err != nil {
		t.Fatal(err)
	}
	const why = "it has 1024 GiB, and at most 32 GiB are read: split it"
	c, err := CheckFile(context.Background(), "vast.csv", vast, &Senders{}, nil)
	if err != nil || len(c.Faults) != 1 || c.Faults[0].Code != "Unread" || c.Faults[0].Value != why {
		t.Errorf("a check tells %+v, %v", c, err)
	}
	report, err := s.night(s.path("inbox"), 22)
	if err != nil || len(report.Files) != 4 || !report.Files[3].Unread {
		t.Errorf("a night reads %+v, %v", report, err)
	}
	if in, err := s.ingest(); err == nil || !strings.Contains(err.Error(), why) || len(in.Files) != 3 {
		t.Errorf("an ingest takes %+v, %v", in, err)
	}
}

// A name that has become a link since the inbox was looked at is not followed.
func TestFileThatBecomesALink(t *testing.T) {
	s := newShop(t)
	s.drop("../secret.csv", badCSV)
	link := s.path("inbox", "link.csv")
	if err := os.Symlink(s.path("secret.csv"), link); err != nil {
		t.Fatal(err)
	}
	if f, err := openInput(link, false); err == nil || !unreadable(link, err) {
		t.Errorf("it is opened: %v, %v", f, err)
	}
	f, err := openInput(link, true)
	if err != nil {
		t.Fatalf("a link that a person names: %v", err)
	}
	f.Close()
}

// Nor does a night wait for a fifo that is put in a file's place between the look at it and
// the opening: whoever may drop files could stop all nights so. What is opened is the file.
func TestAFifoInAFilesPlace(t *testing.T) {
	dir := t.TempDir()
	file, fifo, name := filepath.Join(dir, "file"), filepath.Join(dir, "fifo"), filepath.Join(dir, "x.csv")
	if err := errors.Join(os.WriteFile(file, []byte("x"), 0o600), syscall.Mkfifo(fifo, 0o600)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	go func() { // names of one file, and then of the other
		for i := 0; ctx.Err() == nil; i++ {
			next := filepath.Join(dir, "next")
			if os.Link([]string{file, fifo}[i%2], next) == nil {
				_ = os.Rename(next, name)
			}
		}
	}()
	ended := make(chan int)
	go func() {
		opened := 0
		for ctx.Err() == nil {
			if f, err := openInput(name, false); err == nil {
				if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
					t.Errorf("opened %v, %v", st, err)
				}
				f.Close()
				opened++
			}
		}
		ended <- opened
	}()
	select {
	case opened := <-ended:
		if opened == 0 {
			t.Error("the file was never opened")
		}
	case <-time.After(20 * time.Second):
		t.Error("it waits")
	}
}
