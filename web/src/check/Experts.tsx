import classes from './Check.module.css';
import type { Facts } from './facts.ts';

/** What was measured, in tables; on a phone every row is a card. */
export function Experts({ facts }: { facts: readonly Facts[] }) {
  return (
    <div className={classes.experts}>
      {facts.map((each) => (
        <section key={each.title}>
          <h3>{each.title}</h3>
          {each.columns.length === 0 ? <Pairs {...each} /> : <Table {...each} />}
          {each.note !== undefined && <p className={classes.soft}>{each.note}</p>}
        </section>
      ))}
    </div>
  );
}

function Pairs({ rows }: Facts) {
  return (
    <dl>
      {rows.map(([what, value]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Table({ title, columns, rows }: Facts) {
  if (rows.length === 0) return null;
  return (
    <table aria-label={title}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {row.map((value, column) => (
              <td key={columns[column]} data-label={columns[column]}>
                {value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
