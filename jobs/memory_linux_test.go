package jobs_test

import (
	"os"
	"syscall"
	"testing"
)

// TestMain lets the folders of tests lie in memory where there is room for them: a night
// waits for the disk some ten times, and hundreds of nights are made.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		const memory, enough = "/dev/shm", 1 << 30
		var st syscall.Statfs_t
		if err := syscall.Statfs(memory, &st); long || err != nil || st.Bavail*uint64(st.Bsize) < enough {
			return m.Run()
		}
		if folder, err := os.MkdirTemp(memory, "prorata-"); err == nil {
			defer os.RemoveAll(folder)
			os.Setenv("TMPDIR", folder)
		}
		return m.Run()
	}())
}
