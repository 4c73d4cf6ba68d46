// Package media is attachments: documents and pictures that belong to something
// else. It owns what may be one, the inspection that decides it by content, the
// re-making of pictures, and the rules by which bytes are kept and swept away.
// It keeps nothing itself (Store has the rows, Blobs the bytes) and speaks to no network.
package media
