package ledger

import "fmt"

// The failpoints: every place where a durable step is about to be taken or has
// just been taken. A test that ends the process at each of them has seen every
// state that a crash can leave.
const (
	FailArchiveSync    = "archive.fsync"
	FailArchiveRename  = "archive.rename"
	FailSegmentSync    = "segment.fsync"
	FailSegmentRemove  = "segment.remove"
	FailMigrateCommit  = "migrate.commit"
	FailImportCommit   = "import.commit"
	FailSettleCommit   = "settle.commit"
	FailPublishedWrite = "published.commit"
)

// Failpoints lists them; each is reached as NAME.before and NAME.after.
var Failpoints = []string{
	FailArchiveSync, FailArchiveRename, FailSegmentSync, FailSegmentRemove,
	FailMigrateCommit, FailImportCommit, FailSettleCommit, FailPublishedWrite,
}

// Failpoint is called with the name of each failpoint, ".before" or ".after"
// appended. An error stops what is being done there as a failing disk would; a
// hook that ends the process is a crash. The command sets it before the ledger
// is opened, for tests; by itself it does nothing. It may be called by several
// goroutines at once.
var Failpoint = func(name string) error { return nil }

// guarded takes one durable step between its two failpoints.
func guarded(name string, step func() error) error {
	if err := Failpoint(name + ".before"); err != nil {
		return fmt.Errorf("failpoint %s.before: %w", name, err)
	}
	if err := step(); err != nil {
		return err
	}
	if err := Failpoint(name + ".after"); err != nil {
		return fmt.Errorf("failpoint %s.after: %w", name, err)
	}
	return nil
}
