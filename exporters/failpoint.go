package exporters

// Failpoint is called at each of Failpoints while a folder is published, so that
// a test can stop the program there. It does nothing unless a test or the command
// sets it, before Publish is called.
var Failpoint = func(name string) {}

// The places where a crash is survived, in the order in which they are passed.
const (
	AfterTemp      = "exporters: temporary folder made"
	BeforeSync     = "exporters: before fsync of a file"
	AfterSync      = "exporters: after fsync of a file"
	AfterOutputs   = "exporters: outputs written, no manifest"
	AfterManifest  = "exporters: manifest written"
	BeforeRename   = "exporters: before rename"
	AfterRename    = "exporters: after rename"
	AfterPublished = "exporters: folder published"
)

// Failpoints lists every failpoint of the package.
var Failpoints = []string{AfterTemp, BeforeSync, AfterSync, AfterOutputs, AfterManifest, BeforeRename, AfterRename, AfterPublished}
