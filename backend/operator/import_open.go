package operator

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"

	"example.com/marquee/backend/catalog"
)

// importFiles are what paths lead to.
type importFiles struct {
	opened []catalog.ImportFile
	failed []failedFile
	closes []io.Closer
}

type failedFile struct{ name, why string }

func (f *importFiles) close() {
	for _, c := range f.closes {
		_ = c.Close() // was read only
	}
}

func (f *importFiles) fail(name string, err error) {
	f.failed = append(f.failed, failedFile{name, err.Error()})
}

// openFiles opens files, the files in folders (not in folders inside them) and
// those in zip archives, which are told by their first bytes.
func openFiles(paths []string) *importFiles {
	f := &importFiles{}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			f.fail(path, err)
		case info.IsDir():
			f.folder(path)
		default:
			f.file(path, info, false)
		}
	}
	return f
}

func (f *importFiles) folder(path string) {
	entries, err := os.ReadDir(path)
	if err != nil {
		f.fail(path, err)
		return
	}
	for _, e := range entries {
		inside := filepath.Join(path, e.Name())
		info, err := os.Stat(inside) // of what a link leads to
		if err == nil && info.Mode().IsRegular() {
			f.file(inside, info, true)
		}
	}
}

func (f *importFiles) file(path string, info os.FileInfo, aside bool) {
	file, err := os.Open(path)
	if err != nil {
		f.fail(path, err)
		return
	}
	f.closes = append(f.closes, file)
	size := int64(0)
	if info.Mode().IsRegular() {
		size = info.Size()
		magic := make([]byte, 4)
		if n, _ := file.ReadAt(magic, 0); n == 4 && string(magic) == "PK\x03\x04" {
			f.archive(path, file, size)
			return
		}
	}
	f.opened = append(f.opened, catalog.ImportFile{Name: path, Reader: file, Size: size, Aside: aside})
}

func (f *importFiles) archive(path string, file *os.File, size int64) {
	z, err := zip.NewReader(file, size)
	if err != nil {
		f.fail(path, err)
		return
	}
	for _, member := range z.File {
		if !member.Mode().IsRegular() {
			continue
		}
		r := &packed{file: member}
		f.closes = append(f.closes, r)
		f.opened = append(f.opened, catalog.ImportFile{Name: path + "/" + member.Name, Reader: r, Size: int64(member.UncompressedSize64), Aside: true})
	}
}

// packed is a file in an archive. It is unpacked from when it is first read until
// its end: each takes 40 KiB meanwhile, and there may be tens of thousands.
type packed struct {
	file *zip.File
	r    io.ReadCloser
	err  error // what ended it
}

func (p *packed) Read(b []byte) (n int, err error) {
	if p.r == nil && p.err == nil {
		p.r, p.err = p.file.Open()
	}
	if p.err != nil {
		return 0, p.err
	}
	n, p.err = p.r.Read(b)
	if p.err != nil {
		_ = p.Close()
	}
	return n, p.err
}

func (p *packed) Close() error {
	if p.r == nil {
		return nil
	}
	r := p.r
	p.r = nil
	return r.Close()
}
