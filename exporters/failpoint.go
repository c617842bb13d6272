package exporters

import "fmt"

// The failpoints: every place where a durable step of publishing is about to be
// taken or has just been taken. A test that ends the process at each of them has
// seen every state that a crash can leave.
const (
	FailTempMake     = "publish.temp"           // the temporary folder is made
	FailOutputSync   = "publish.output.fsync"   // of each file but the manifest
	FailManifestSync = "publish.manifest.fsync" // the manifest comes after all others
	FailFolderSync   = "publish.folder.fsync"   // the names in the temporary folder
	FailRename       = "publish.rename"         // the folder appears
	FailOutSync      = "publish.out.fsync"      // its name
)

// Failpoints lists them in the order in which they are passed; each is reached as
// NAME.before and NAME.after.
var Failpoints = []string{FailTempMake, FailOutputSync, FailManifestSync, FailFolderSync, FailRename, FailOutSync}

// Failpoint is called with the name of each failpoint, ".before" or ".after"
// appended, by several goroutines at once. An error stops what is being done
// there as a failing disk would; a hook that ends the process is a crash. The
// command sets it before Publish is called, for tests; it does nothing by itself.
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
