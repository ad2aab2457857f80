/** Calls that lose their network, in simulated time: a world that is sampled five times a second, as the phone does. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from './hold.ts';
import {
  ANSWER_MAX_MS,
  beginRecovery,
  CHECKING_MS,
  GIVE_UP_MS,
  recover,
  SILENCE_MAX_MS,
  type Recovery,
  type RecoveryCommand,
  type RecoveryEvent,
} from './recovery.ts';

type Happening = RecoveryEvent extends infer Each ? (Each extends unknown ? Omit<Each, 'at'> : never) : never;

const SAMPLE_MS = 200;
const AGREED: Outcome = { is: 'agreed' };
const LATER: Outcome = { is: 'not_now', wait_ms: null };
const REFUSED: Outcome = { is: 'refused' };

/** One call in a network that does what the test says. */
class World {
  state: Recovery = beginRecovery(0);
  now = 0;
  /** Whether packets arrive. */
  flows = true;
  way: 'udp' | 'tcp' | 'relay' = 'udp';
  generation = 'a';
  #packets = 0;
  readonly asked: string[] = [];
  readonly times: number[] = [];

  happen(event: Happening): void {
    const { state, commands } = recover(this.state, { ...event, at: this.now });
    this.state = state;
    for (const command of commands) {
      this.asked.push(wordOf(command));
      this.times.push(this.now);
    }
  }

  run(for_ms: number): void {
    const end = this.now + for_ms;
    while (this.now + SAMPLE_MS <= end) {
      this.now += SAMPLE_MS;
      if (this.flows) this.#packets += 10;
      const { way, generation } = this;
      this.happen({ type: 'Sampled', packets: this.#packets, way, generation });
    }
    this.now = end;
  }

  ended(outcome: Outcome): void {
    this.happen({ type: 'RestartEnded', outcome });
  }

  line(open: boolean): void {
    this.happen({ type: 'LineChanged', open });
  }

  /** The commands since the last time, without the ones that the test does not speak of. */
  take(): string[] {
    this.times.length = 0;
    return this.asked.splice(0);
  }
}

function wordOf(command: RecoveryCommand): string {
  switch (command.do) {
    case 'ProbeLine':
      return 'probe';
    case 'ReplaceLine':
      return 'replace';
    case 'Restart':
      if (command.how === 'anew') return command.fresh ? 'renew' : 'renew again';
      return command.fresh ? 'restart' : 'repeat';
    case 'TellMedia':
      return command.media;
    case 'GiveUp':
      return 'give up';
  }
}

let world: World;

beforeEach(() => {
  world = new World();
  world.happen({ type: 'ExpectationChanged', expects: true });
  world.happen({ type: 'IceChanged', ice: 'fine' });
  world.run(2_000);
  expect(world.take()).toEqual([]);
});

/** The sound is lost, and the first restart is asked for. */
function lose() {
  world.flows = false;
  world.run(SILENCE_MAX_MS + SAMPLE_MS);
  expect(world.take()).toEqual(['interrupted', 'probe', 'renew', 'probe']);
}

/** The server agrees, and the new way carries sound. */
function restore(generation = 'b') {
  world.ended(AGREED);
  world.flows = true;
  world.generation = generation;
  world.run(SAMPLE_MS);
}

describe('silence', () => {
  it('is noticed within 900 ms, and answered by a restart and a probe at once', () => {
    world.flows = false;
    world.run(SILENCE_MAX_MS - 1);
    expect(world.take()).toEqual([]);
    world.run(SAMPLE_MS);
    expect(world.take()).toEqual(['interrupted', 'probe', 'renew', 'probe']);
    restore();
    expect(world.take()).toEqual(['flowing']);
    world.run(10_000);
    expect(world.take()).toEqual([]);
  });

  it('of ours at the server is answered by another connection, once', () => {
    world.happen({ type: 'Unheard' });
    expect(world.take()).toEqual(['renew']);
    restore();
    world.run(60_000);
    expect(world.take()).toEqual([]);
  });

  it('means nothing while the call is on hold here', () => {
    world.happen({ type: 'ExpectationChanged', expects: false });
    world.flows = false;
    world.run(60_000);
    expect(world.take()).toEqual([]);
  });

  it('means nothing before the first packet', () => {
    world = new World();
    world.flows = false;
    world.happen({ type: 'ExpectationChanged', expects: true });
    world.run(10_000);
    expect(world.take()).toEqual([]);
  });

  it('has to last again after a hold', () => {
    world.happen({ type: 'ExpectationChanged', expects: false });
    world.flows = false;
    world.run(30_000);
    world.happen({ type: 'ExpectationChanged', expects: true });
    world.run(SILENCE_MAX_MS - 100);
    expect(world.take()).toEqual([]);
    world.run(SAMPLE_MS);
    expect(world.take()).toContain('renew');
  });

  it('is not taken for loss when samples come late, as they do in the background', () => {
    for (let second = 0; second < 10; second += 1) {
      world.now += 1_000;
      world.happen({ type: 'Sampled', packets: 1_000 * (second + 1), way: 'udp', generation: 'a' });
    }
    expect(world.take()).toEqual([]);
  });

  it('of a computer that slept is noticed with the first sample', () => {
    world.flows = false;
    world.now += 3_600_000;
    world.run(SAMPLE_MS);
    expect(world.take()).toContain('renew');
  });

  it('of the far end is left alone once a new way is proven', () => {
    lose();
    world.happen({ type: 'IceChanged', ice: 'fine' });
    world.ended(AGREED);
    world.generation = 'b';
    world.run(CHECKING_MS + SAMPLE_MS);
    expect(world.take()).toEqual(['flowing']);
    world.run(60_000);
    expect(world.take()).toEqual([]);
    world.flows = true;
    world.run(1_000);
    lose();
  });
});

describe('a restart', () => {
  it('is repeated when it leads to nothing within 1.5 s', () => {
    lose();
    for (let tries = 0; tries < 3; tries += 1) {
      world.ended(AGREED);
      world.run(CHECKING_MS - SAMPLE_MS);
      expect(world.take()).toEqual([]);
      world.run(SAMPLE_MS);
      expect(world.take()).toEqual(['renew', 'probe']);
    }
  });

  it('is not asked for twice while one is under way', () => {
    lose();
    world.happen({ type: 'IceChanged', ice: 'lost' });
    world.run(ANSWER_MAX_MS - SAMPLE_MS);
    expect(world.take()).toEqual([]);
  });

  it('that nobody answers costs the line, once', () => {
    lose();
    world.run(ANSWER_MAX_MS);
    expect(world.take()).toEqual(['replace']);
    world.run(5_000);
    expect(world.take()).toEqual([]);
  });

  it('whose line died is repeated as it was, over the next line, at once', () => {
    lose();
    world.run(600);
    world.line(false);
    world.ended(LATER);
    world.run(20_000);
    expect(world.take()).toEqual([]);
    world.line(true);
    expect(world.take()).toEqual(['renew again', 'probe']);
    restore();
    expect(world.take()).toEqual(['flowing']);
  });

  it('is made anew when the network has moved since', () => {
    lose();
    world.line(false);
    world.ended(LATER);
    world.run(2_000);
    world.happen({ type: 'NetworkMoved' });
    world.line(true);
    expect(world.take()).toEqual(['renew', 'probe']);
  });

  it('that met another offer is repeated a moment later', () => {
    lose();
    world.ended(LATER);
    world.run(SAMPLE_MS);
    expect(world.take()).toEqual([]);
    world.run(SAMPLE_MS);
    expect(world.take()).toEqual(['renew again', 'probe']);
    world.ended({ is: 'not_now', wait_ms: 9_000 });
    world.run(1_000);
    expect(world.take()).toEqual(['renew again', 'probe']);
  });

  it('that is refused is tried again later', () => {
    lose();
    world.ended(REFUSED);
    world.run(1_400);
    expect(world.take()).toEqual([]);
    world.run(SAMPLE_MS);
    expect(world.take()).toEqual(['renew', 'probe']);
  });

  it('that is under way when the sound comes back by itself does no harm', () => {
    lose();
    world.flows = true;
    world.run(SAMPLE_MS);
    expect(world.take()).toEqual(['flowing']);
    world.ended(LATER);
    world.run(400);
    expect(world.take()).toEqual(['renew again']);
    world.ended(AGREED);
    world.run(20_000);
    expect(world.take()).toEqual([]);
  });

  it('waits for a line', () => {
    world.line(false);
    world.flows = false;
    world.run(5_000);
    expect(world.take()).toEqual(['interrupted', 'probe']);
    world.line(true);
    expect(world.take()).toEqual(['renew', 'probe']);
  });
});

describe('ICE', () => {
  it('that is lost restarts a call on hold', () => {
    world.happen({ type: 'ExpectationChanged', expects: false });
    world.flows = false;
    world.run(20_000);
    world.happen({ type: 'IceChanged', ice: 'lost' });
    expect(world.take()).toEqual(['interrupted', 'probe', 'renew', 'probe']);
    world.ended(AGREED);
    world.happen({ type: 'IceChanged', ice: 'fine' });
    expect(world.take()).toEqual(['flowing']);
  });

  it('is not believed while packets arrive', () => {
    world.happen({ type: 'IceChanged', ice: 'lost' });
    world.run(5_000);
    expect(world.take()).toEqual([]);
  });

  it('that never got anywhere is restarted', () => {
    world = new World();
    world.flows = false;
    world.happen({ type: 'ExpectationChanged', expects: true });
    world.happen({ type: 'IceChanged', ice: 'lost' });
    expect(world.take()).toContain('renew');
  });
});

describe('a network that moves', () => {
  it('and then takes the sound along costs the connection at once', () => {
    world.happen({ type: 'NetworkMoved' });
    world.ended(AGREED);
    world.take();
    world.flows = false;
    world.run(SILENCE_MAX_MS + SAMPLE_MS);
    expect(world.take()).toEqual(['interrupted', 'probe', 'renew', 'probe']);
  });

  it('and takes the sound along during a restart costs the connection', () => {
    world.happen({ type: 'NetworkMoved' });
    expect(world.take()).toEqual(['restart', 'probe']);
    world.flows = false;
    world.run(SILENCE_MAX_MS + SAMPLE_MS);
    expect(world.take()).toEqual(['interrupted', 'probe']);
    world.ended(LATER);
    world.run(400);
    expect(world.take()).toEqual(['renew', 'probe']);
  });

  it('is followed at once, before anything is lost', () => {
    world.happen({ type: 'NetworkMoved' });
    expect(world.take()).toEqual(['restart', 'probe']);
    world.ended(AGREED);
    world.generation = 'b';
    world.run(20_000);
    expect(world.take()).toEqual([]);
  });

  it('is followed again when it moves during a restart', () => {
    world.happen({ type: 'NetworkMoved' });
    world.take();
    world.happen({ type: 'NetworkMoved' });
    expect(world.take()).toEqual([]);
    world.ended(AGREED);
    expect(world.take()).toEqual(['restart', 'probe']);
  });

  it('waits for a line that it took along', () => {
    world.line(false);
    world.happen({ type: 'NetworkMoved' });
    expect(world.take()).toEqual([]);
    world.line(true);
    expect(world.take()).toEqual(['restart', 'probe']);
  });
});

describe('a call that is not on UDP', () => {
  beforeEach(() => {
    world.way = 'tcp';
    world.run(SAMPLE_MS);
  });

  /** Lets restarts succeed, and tells how many seconds after the change of way each was. */
  function tries(for_ms: number): number[] {
    const began = world.now;
    const seconds: number[] = [];
    while (world.now < began + for_ms) {
      world.run(SAMPLE_MS);
      if (world.take().includes('restart')) {
        seconds.push(Math.round((world.now - began) / 1_000));
        world.ended(AGREED);
      }
    }
    return seconds;
  }

  it('looks for UDP after 10 s, then ever more rarely', () => {
    expect(tries(900_000)).toEqual([10, 40, 100, 220, 520, 820]);
  });

  it('stops looking once it has found it, without a word', () => {
    world.run(10_000);
    expect(world.take()).toEqual(['restart']);
    world.ended(AGREED);
    world.way = 'udp';
    world.generation = 'b';
    world.run(600_000);
    expect(world.take()).toEqual([]);
  });

  it('looks again at once on another network, and soon after', () => {
    world.run(200_000);
    world.take();
    world.ended(AGREED);
    world.run(5_000);
    world.happen({ type: 'NetworkMoved' });
    expect(world.take()).toEqual(['restart', 'probe']);
    world.ended(AGREED);
    expect(tries(20_000)).toEqual([10]);
  });

  it('does not look while it is on hold', () => {
    world.happen({ type: 'ExpectationChanged', expects: false });
    world.run(120_000);
    expect(world.take()).toEqual([]);
    world.happen({ type: 'ExpectationChanged', expects: true });
    world.run(SAMPLE_MS);
    expect(world.take()).toEqual(['restart']);
  });

  it('does not look within 5 s of another restart', () => {
    world.run(8_000);
    lose();
    restore();
    world.take();
    expect(tries(10_000)).toEqual([5]);
  });

  it('does not look without a line', () => {
    world.line(false);
    world.run(60_000);
    expect(world.take()).toEqual([]);
  });

  it('goes on asking when the server is busy with another offer', () => {
    world.run(10_000);
    world.take();
    world.ended(LATER);
    world.run(400);
    expect(world.take()).toEqual(['repeat']);
  });
});

describe('giving up', () => {
  it('takes a minute without sound and line', () => {
    lose();
    world.line(false);
    world.ended(LATER);
    world.run(GIVE_UP_MS - SAMPLE_MS);
    expect(world.take()).toEqual([]);
    world.run(SAMPLE_MS);
    expect(world.take()).toEqual(['give up']);
    world.line(true);
    world.run(60_000);
    expect(world.take()).toEqual([]);
  });

  it('is not done while there is a line', () => {
    lose();
    world.ended(AGREED);
    for (let second = 0; second < 180; second += 1) {
      world.run(1_000);
      if (world.take().includes('renew')) world.ended(AGREED);
    }
    expect(world.asked).not.toContain('give up');
    expect(world.state.lost_at).not.toBeNull();
  });

  it('is not done while there is sound', () => {
    world.line(false);
    world.run(2 * GIVE_UP_MS);
    expect(world.take()).toEqual([]);
  });
});

it('gets the sound back from every order of what can go wrong', () => {
  // A small generator with a seed: every run is the same.
  for (let seed = 1; seed <= 500; seed += 1) {
    let chance = seed;
    const random = (below: number) => {
      chance = (Math.imul(chance, 1_103_515_245) + 12_345) >>> 0;
      return (chance >>> 16) % below;
    };
    world = new World();
    world.happen({ type: 'ExpectationChanged', expects: true });
    world.run(1_000);
    let works = true;
    let generation = 0;
    const answer = () => {
      if (world.take().some((word) => /re(start|peat|new)/.test(word))) {
        const fate = works ? random(6) : 5;
        if (fate === 5) return;
        world.ended([AGREED, AGREED, AGREED, LATER, REFUSED][fate] ?? AGREED);
        if (fate < 3 && works) {
          world.flows = true;
          world.generation = `g${(generation += 1)}`;
        }
      } else if (works && world.state.restart.is === 'asking' && world.state.restart.gaveLineUp) {
        world.line(false);
        world.ended(LATER);
        world.line(true);
      }
    };
    for (let round = 0; round < 40; round += 1) {
      const what = random(6);
      if (what === 0) world.flows = false;
      if (what === 1) works = false;
      if (what === 2) works = true;
      if (what === 3) world.happen({ type: 'NetworkMoved' });
      if (what === 4) world.happen({ type: 'IceChanged', ice: random(2) === 0 ? 'lost' : 'fine' });
      world.run(SAMPLE_MS * (1 + random(10)));
      answer();
    }
    works = true;
    for (let second = 0; second < 150; second += 1) {
      world.run(SAMPLE_MS);
      answer();
    }
    expect(world.state.lost_at, `seed ${seed}`).toBeNull();
  }
});
