// Package retention is for how long what people leave behind is kept, as an
// administrator sets it, and the work that applies it. It owns the periods and
// their bounds; what is deleted it asks of those who keep it.
package retention
