import { useEffect, useState } from "preact/hooks";
import { benches } from "../benches/index.js";
import { examples } from "../examples.js";
import { ANY, receive } from "../files.js";
import { pack } from "../link.js";
import { Chooser } from "../parts/chooser.js";
import { formatHash } from "../route.js";

/** Links to a text, made as soon as the text is packed. */
function usePacked(texts: readonly string[]): readonly (string | undefined)[] {
  const [packed, set] = useState<readonly string[]>([]);
  useEffect(() => void Promise.all(texts.map(pack)).then(set), [texts]);
  return packed;
}

const all = examples.map((e) => e.text);

/** Whether all words that are sought stand in what a card says. */
const matches = ({ kind, title, about }: (typeof examples)[number], sought: string): boolean => {
  const card = `${kind} ${title} ${about}`.toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => card.includes(word));
};

/** The front page: benches to play with, studies to run. */
export function Gallery() {
  const packed = usePacked(all);
  const [sought, seek] = useState("");
  const found = examples.map((example, i) => ({ example, link: packed[i] })).filter(({ example }) => matches(example, sought));
  return (
    <>
      <section class="hero">
        <h1>A neural network is a dynamical system. Watch it be one.</h1>
        <p>
          Train a network at the edge of stability, follow orbits into chaos, find where SGD can stay. Each picture is a study:
          data that you can edit, run again to the same bits, and send as a link.
        </p>
        <p class="buttons">
          <a class="button primary" href="#/tour">
            Take the tour
          </a>
          <a class="button" href="#/study">
            Write a study
          </a>
        </p>
      </section>
      <h2>Your own model or data</h2>
      <p class="own">
        Drop files anywhere on this page, or choose them: a model (.onnx) is inspected, best with data beside it; data alone
        (.csv, .npz, .parquet) become a study that trains on them. They are read in this page and leave it nowhere.
      </p>
      <p class="buttons">
        <Chooser id="own-files" accept={ANY} multiple onChoose={(files) => void receive(files)}>
          Choose files
        </Chooser>
        <a class="button" href="#/inspect">
          Inspect a model
        </a>
        <a class="button" href="#/inspect?sample=digits">
          Try it on a sample
        </a>
      </p>
      <h2>Benches</h2>
      <ul class="cards">
        {benches.map((bench) => (
          <li key={bench.name} class="card">
            <h3>
              <a href={`#/${bench.name}`}>{bench.title}</a>
            </h3>
            <p>{bench.about}</p>
          </li>
        ))}
      </ul>
      <h2>Studies</h2>
      <div class="control find">
        <label for="sought">Find a study by its words</label>
        <input
          id="sought"
          type="text"
          autocomplete="off"
          value={sought}
          placeholder="grokking, basins, delay, …"
          onInput={(e) => seek(e.currentTarget.value)}
        />
        <p class="soft" role="status">
          {sought.trim() === "" ? `${all.length} studies` : `${found.length} of ${all.length} studies`}
        </p>
      </div>
      <ul class="cards">
        {found.map(({ example, link }) => (
          <li key={example.name} class="card">
            <p class="kind">{example.kind}</p>
            <h3>
              <a href={link ? formatHash(["study", link]) : "#/study"}>{example.title}</a>
            </h3>
            <p>{example.about}</p>
            {example.kind === "training" && link && (
              <p class="more">
                <a href={formatHash(["training", link])} aria-label={`Watch live: ${example.title}`}>
                  Watch live
                </a>
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
