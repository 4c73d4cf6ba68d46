// Sorts a table whose rows are all there. Numbers sort by data-sort.
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: 'base' })

function sorter(table) {
  const heads = [...table.tHead.rows[0].cells]
  const body = table.tBodies[0]
  heads.forEach((th, column) => {
    if (!th.textContent.trim() || th.querySelector('a')) return
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'sorter'
    button.append(...th.childNodes)
    th.append(button)
    button.addEventListener('click', () => {
      const numeric = th.classList.contains('num')
      const was = th.getAttribute('aria-sort')
      // Figures are first asked largest first, names from A.
      const down = was ? was === 'ascending' : numeric
      const key = row => {
        const c = row.cells[column]
        return c?.dataset.sort ?? c?.textContent.trim() ?? ''
      }
      const rows = [...body.rows].map(row => ({ row, k: key(row) }))
      rows.sort((a, b) => {
        if (!numeric) return collator.compare(a.k, b.k)
        const x = parseFloat(a.k), y = parseFloat(b.k)
        // What is not known stays at the end, whichever the order.
        if (isNaN(x) || isNaN(y)) return (isNaN(x) - isNaN(y)) * (down ? -1 : 1)
        return x - y
      })
      if (down) rows.reverse()
      body.append(...rows.map(r => r.row))
      for (const h of heads) h.removeAttribute('aria-sort')
      th.setAttribute('aria-sort', down ? 'descending' : 'ascending')
    })
  })
}

for (const table of document.querySelectorAll('table[data-sortable]')) sorter(table)
