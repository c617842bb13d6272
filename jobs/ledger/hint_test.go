package ledger

import (
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk that turned read only is not a matter of who may write.
func TestADiskThatIsReadOnlyIsTold(t *testing.T) {
	err := fmt.Errorf("publishing run 1: %w", &fs.PathError{Op: "mkdir", Path: "out", Err: syscall.EROFS})
	if !strings.Contains(Hint(err), "the disk is mounted read only") {
		t.Errorf("the hint is %q", Hint(err))
	}
}

// A quota is a full disk; of an error of the disk the system's log knows more.
func TestADiskThatFailsIsTold(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{syscall.EDQUOT: "the disk is full: free space", syscall.EIO: "the disk is full, or fails"} {
		err := fmt.Errorf("publishing run 1: %w", &fs.PathError{Op: "write", Path: "out", Err: errno})
		if !strings.Contains(Hint(err), want) {
			t.Errorf("%v: the hint is %q", err, Hint(err))
		}
	}
}

// A database that another program keeps locked is in use, not broken.
func TestALockOfAnotherProgramIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prorata.db")
	browser := must(sql.Open("sqlite", path))(t)
	defer browser.Close()
	must(browser.Exec("CREATE TABLE mine (x)"))(t)
	browser.SetMaxOpenConns(1)
	must(browser.Exec("BEGIN EXCLUSIVE"))(t)
	mine := must(sql.Open("sqlite", path))(t)
	defer mine.Close()
	_, err := mine.Exec("CREATE TABLE other (x)")
	err = fmt.Errorf("importing inbox: %w", err)
	if !Busy(err) || !strings.Contains(Hint(err), "another program, not prorata") {
		t.Errorf("%v: busy is %v, the hint %q", err, Busy(err), Hint(err))
	}
}
