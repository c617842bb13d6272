package jobs

import "fmt"

// The failpoints of this package: every place where something outside the ledger
// is about to be made durable or has just been. A test that ends the process at
// each of them has seen every state that a crash can leave.
const (
	FailClaim     = "inbox.claim"   // a file leaves the inbox
	FailAcceptOut = "inbox.copy"    // its copy is written and brought to disk
	FailAccept    = "inbox.accept"  // the copy waits for the night
	FailReturn    = "inbox.return"  // a refusal is laid out for the sender
	FailProcessed = "inbox.move"    // the file goes to processed
	FailForget    = "inbox.forget"  // a copy that is on the books is removed
	FailState     = "state.write"   // the state of the schedule, or of the notices
	FailBackup    = "backup.write"  // a backup gets its name
	FailRestore   = "restore.write" // a restored ledger gets its name
)

// Failpoints lists them; each is reached as NAME.before and NAME.after.
var Failpoints = []string{FailClaim, FailAcceptOut, FailAccept, FailReturn, FailProcessed, FailForget, FailState, FailBackup, FailRestore}

// Failpoint is called with the name of each failpoint, ".before" or ".after"
// appended. An error stops what is being done there as a failing disk would; a
// hook that ends the process is a crash. The command sets it before a job begins,
// for tests; it does nothing by itself.
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
