// Package durable takes the steps that a crash must find done or not begun: a
// file brought to disk, a name given, a transaction committed. It owns how that is
// done on the systems that there are, and the list of all such steps; not what is
// written. It knows no other package of this program; jobs, jobs/ledger and
// exporters stand on it.
package durable

import "fmt"

// The failpoints: every place where a step is about to become durable or has just
// become so. A test that ends the process at each of them has seen every state
// that a crash can leave.
const (
	InboxClaim  = "inbox.claim"  // a file leaves the inbox
	InboxCopy   = "inbox.copy"   // its copy is written and brought to disk
	InboxAccept = "inbox.accept" // the copy waits for the night
	InboxReturn = "inbox.return" // a refusal is laid out for the sender
	InboxMove   = "inbox.move"   // the file goes to processed
	InboxForget = "inbox.forget" // a copy that is on the books is removed

	ArchiveSync     = "archive.fsync"
	ArchiveRename   = "archive.rename"
	SegmentSync     = "segment.fsync"
	SegmentRemove   = "segment.remove"
	MigrateCommit   = "migrate.commit"
	ImportCommit    = "import.commit"
	SettleCommit    = "settle.commit"
	PublishedCommit = "published.commit"

	ReturnedWrite = "publish.returned"       // a marked copy is laid out for its sender
	TempMake      = "publish.temp"           // the temporary folder is made
	OutputSync    = "publish.output.fsync"   // of each file but the manifest
	ManifestSync  = "publish.manifest.fsync" // the manifest comes after all others
	FolderSync    = "publish.folder.fsync"   // the names in the temporary folder
	FolderRename  = "publish.rename"         // the folder appears
	OutSync       = "publish.out.fsync"      // its name

	StateWrite    = "state.write"   // the state of the schedule, or of the notices
	BackupRename  = "backup.write"  // a backup gets its name
	RestoreRename = "restore.write" // each part of a restored ledger gets its name
	BundleRename  = "bundle.write"  // a bundle gets its name
)

// The failpoints by what passes them; each is reached as NAME.before and NAME.after.
var (
	OfIngest  = []string{InboxClaim, InboxCopy, InboxAccept, InboxReturn, InboxMove}
	OfLedger  = []string{ArchiveSync, ArchiveRename, SegmentSync, SegmentRemove, MigrateCommit, ImportCommit, SettleCommit, PublishedCommit}
	OfPublish = []string{TempMake, OutputSync, ManifestSync, FolderSync, FolderRename, OutSync} // in this order
	OfOthers  = []string{InboxForget, ReturnedWrite, StateWrite, BackupRename, RestoreRename, BundleRename}
)

// Failpoint is called with the name of each failpoint, ".before" or ".after"
// appended, by several goroutines at once. An error stops what is being done there
// as a failing disk would; a hook that ends the process is a crash. The command sets
// it before a job begins, for tests; by itself it does nothing.
var Failpoint = func(name string) error { return nil }

// Step takes one durable step between its two failpoints.
func Step(name string, step func() error) error {
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
