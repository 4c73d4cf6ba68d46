// Long work is looked at again by itself; without a script there is a link that does.
const works = document.querySelectorAll('[data-work]')
if (works.length) {
  const again = async () => {
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: 'text/html' } })
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      for (const e of document.querySelectorAll('[data-work]')) {
        const next = page.getElementById(e.id)
        if (!next) continue
        e.querySelector('[data-state]').replaceChildren(...next.querySelector('[data-state]').childNodes)
        if (next.dataset.work !== 'running') return location.reload()
      }
    } catch {
      // The line is down: the next look may find it.
    }
    setTimeout(again, 2000)
  }
  if ([...works].some(e => e.dataset.work === 'running')) setTimeout(again, 1500)
}
