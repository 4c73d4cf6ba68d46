package job

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &Desk{Now: time.Now}
		if _, ok := d.Look("verify"); ok {
			t.Error("there is work before any was asked for")
		}
		ctx, leave := context.WithCancel(t.Context())
		more := make(chan bool)
		long := func(ctx context.Context, tell Tell) (any, error) {
			tell(1, 2, "half")
			<-more
			return 42, ctx.Err()
		}
		if !d.Start(ctx, "verify", "ada", long) || d.Start(ctx, "verify", "bob", long) {
			t.Fatal("of two at once, one should start")
		}
		leave() // whoever asked goes away
		synctest.Wait()
		if w, _ := d.Look("verify"); !w.Running() || w.By != "ada" || w.Done != 1 || w.Total != 2 || w.Step != "half" {
			t.Errorf("under way: %+v", w)
		}
		more <- true
		synctest.Wait()
		if w, _ := d.Look("verify"); w.Running() || w.Result != 42 || w.Err != nil {
			t.Errorf("ended: %+v", w)
		}
		no := errors.New("no")
		for _, f := range []func(context.Context, Tell) (any, error){
			func(context.Context, Tell) (any, error) { return nil, no },
			func(context.Context, Tell) (any, error) { panic(no) },
		} {
			if !d.Start(t.Context(), "verify", "ada", f) {
				t.Fatal("it cannot be asked for again")
			}
			synctest.Wait()
			if w, _ := d.Look("verify"); w.Running() || w.Err == nil {
				t.Errorf("failed: %+v", w)
			}
		}
	})
}
