// One recording at a time: it goes on while the collector turns pages, and each second of it is on the disk before
// the next. What the webview cannot record, it says before anything begins.

import type { Asked } from "../bindings/Asked";
import type { Problem } from "../bindings/Problem";
import { asProblem } from "../problem";
import type { FilesDoor } from "./door";

/** What a voice is recorded as, the best first: Opus was made for it, AAC is what some webviews have. */
const FORMATS = [
  { mediaType: "audio/webm;codecs=opus", name: "Opus", bits: 24_000 },
  { mediaType: "audio/ogg;codecs=opus", name: "Opus", bits: 24_000 },
  { mediaType: "audio/mp4", name: "AAC", bits: 32_000 },
];

/** How often what was recorded is put on the disk. */
const PIECE_MS = 1000;

/** How often the level is drawn. */
const LEVEL_MS = 100;

/** Why there can be no recording here. */
export type Hindrance = "unsupported" | "denied" | "no_microphone";

export type Format = (typeof FORMATS)[number];

/** What this webview records as; none where it cannot. */
export function format(): Format | undefined {
  if (typeof MediaRecorder === "undefined" || !navigator.mediaDevices?.getUserMedia) return undefined;
  return FORMATS.find(({ mediaType }) => MediaRecorder.isTypeSupported(mediaType));
}

export class Recording {
  /** The answer it is for, by its path; empty while nothing is recorded. */
  path: string = $state("");
  state: "idle" | "starting" | "running" | "paused" | "ending" = $state("idle");
  hindrance: Hindrance | null = $state(null);
  problem: Problem | null = $state(null);
  milliseconds: number = $state(0);
  /** How loud it is, from 0 to 1. */
  level: number = $state(0);
  marks: number[] = $state([]);
  free: number = $state(0);

  readonly #files: FilesDoor;
  readonly #show: (now: Asked) => void;
  /** Of the recording that runs; none before the door has given one. */
  #key: number | null = null;
  /** A second of it could not be kept: what came before is, and nothing comes after. */
  #broken = false;
  /** Counts recordings: what began for an earlier one must not go on with a later. */
  #turn = 0;
  #recorder: MediaRecorder | null = null;
  #how: Format | null = null;
  #stream: MediaStream | null = null;
  #hearing: AudioContext | null = null;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #since = 0;
  #pausing: Promise<void> = Promise.resolve();
  #ended: Promise<boolean> = Promise.resolve(true);
  /** Pieces go to the disk one after the other. */
  #kept: Promise<void> = Promise.resolve();

  constructor(files: FilesDoor, show: (now: Asked) => void) {
    this.#files = files;
    this.#show = show;
  }

  async start(path: string): Promise<void> {
    if (this.state !== "idle") return;
    const how = format();
    const turn = this.#begin(path);
    if (!how) return this.#hinder("unsupported");
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, noiseSuppression: true, autoGainControl: true },
      });
    } catch (thrown) {
      const denied = thrown instanceof DOMException && thrown.name === "NotAllowedError";
      if (this.#turn === turn) this.#hinder(denied ? "denied" : "no_microphone");
      return;
    }
    // Left or switched off while the system was asked: the microphone goes off again at once.
    if (this.#turn !== turn) return stream.getTracks().forEach((track) => track.stop());
    this.#stream = stream;
    try {
      const key = await this.#files.begin(path, how.mediaType);
      if (this.#turn !== turn) return void this.#files.erase(key);
      this.#key = key;
      this.free = await this.#files.free();
      if (this.#turn === turn) this.#record(stream, how);
    } catch (thrown) {
      if (this.#turn !== turn) return;
      this.problem = asProblem(thrown);
      this.#rest();
    }
  }

  #begin(path: string): number {
    this.path = path;
    this.state = "starting";
    this.hindrance = null;
    this.problem = null;
    this.milliseconds = 0;
    this.marks = [];
    this.#broken = false;
    return ++this.#turn;
  }

  #hinder(hindrance: Hindrance): void {
    this.hindrance = hindrance;
    this.#rest();
  }

  #record(stream: MediaStream, how: Format): void {
    this.#start(stream, how);
    this.#hear(stream);
  }

  #start(stream: MediaStream, how: Format): void {
    const recorder = new MediaRecorder(stream, {
      mimeType: how.mediaType,
      audioBitsPerSecond: how.bits,
    });
    recorder.ondataavailable = ({ data }) => data.size > 0 && this.#keep(data);
    // The microphone was taken away, by a call or a pulled plug: what there is, is kept.
    recorder.onstop = () => recorder === this.#recorder && this.state === "running" && void this.end();
    recorder.start(PIECE_MS);
    this.#recorder = recorder;
    this.#how = how;
    this.state = "running";
    this.#since = performance.now();
  }

  #keep(piece: Blob): void {
    const key = this.#key;
    this.#kept = this.#kept.then(async () => {
      if (this.#broken || key === null) return;
      try {
        await this.#files.chunk(key, piece);
        this.free = await this.#files.free();
      } catch (thrown) {
        this.#broken = true;
        this.problem = asProblem(thrown);
        void this.end();
      }
    });
  }

  #hear(stream: MediaStream): void {
    this.#hearing = new AudioContext();
    const analyser = this.#hearing.createAnalyser();
    analyser.fftSize = 1024;
    this.#hearing.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#ticking = setInterval(() => {
      if (this.state !== "running") {
        this.level = 0;
        return;
      }
      this.milliseconds += this.#tick();
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // From -60 dB, which is a quiet room, to 0 dB.
      this.level = Math.min(1, Math.max(0, 1 + Math.log10(Math.max(power, 1e-12)) / 6));
    }, LEVEL_MS);
  }

  #tick(): number {
    const now = performance.now();
    const passed = now - this.#since;
    this.#since = now;
    return passed;
  }

  /**
   * Nothing that is said meanwhile is recorded. The webview that records MP4 keeps what is said in a pause (seen in
   * WebKitGTK 2.50), so there a pause ends the recorder and going on begins another, whose sound follows in the same
   * file.
   */
  pause(): void {
    if (this.state !== "running") return;
    this.milliseconds += this.#tick();
    this.state = "paused";
    if (this.#endsToPause) this.#pausing = this.#stopRecorder();
    else this.#recorder?.pause();
  }

  resume(): void {
    if (this.state !== "paused" || !this.#stream || !this.#how) return;
    if (this.#endsToPause) {
      void this.#goOn(this.#stream, this.#how);
      return;
    }
    this.#recorder?.resume();
    this.#since = performance.now();
    this.state = "running";
  }

  async #goOn(stream: MediaStream, how: Format): Promise<void> {
    await this.#pausing;
    if (this.state !== "paused" || this.#stream !== stream) return;
    this.#start(stream, how);
  }

  /**
   * Stops the recorder. The webview that records MP4 forgets up to a second of what came last (WebKitGTK 2.50); a track
   * that is silenced meanwhile makes it write half an hour of silence, so that is no way out.
   */
  async #stopRecorder(): Promise<void> {
    const recorder = this.#recorder;
    if (!recorder || recorder.state === "inactive") return;
    const ended = new Promise((done) => recorder.addEventListener("stop", done, { once: true }));
    recorder.stop();
    await ended;
  }

  get #endsToPause(): boolean {
    return this.#how?.mediaType === "audio/mp4";
  }

  /** "Important here." */
  async mark(): Promise<void> {
    if (this.#key === null || (this.state !== "running" && this.state !== "paused")) return;
    const at = Math.round(this.milliseconds);
    try {
      await this.#files.mark(this.#key, at);
      this.marks.push(at);
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
  }

  /** Ends the recording; it becomes the answer it was for. Gives whether nothing is left to do. */
  async end(): Promise<boolean> {
    if (this.state === "starting") {
      await this.erase();
      return true;
    }
    if (this.state === "ending") return this.#ended;
    if (this.state === "idle") return this.#key === null;
    this.state = "ending";
    this.#ended = this.#end(this.#key);
    return this.#ended;
  }

  async #end(key: number | null): Promise<boolean> {
    await this.#stop();
    try {
      if (key !== null) this.#show(await this.#files.end(key, this.path));
      this.#rest();
      return true;
    } catch (thrown) {
      const problem = asProblem(thrown);
      // Switched off before a first second was there: nothing to keep, and nothing wrong.
      if (problem.code === "file_empty") {
        if (key !== null) await this.#files.erase(key).catch(() => undefined);
        this.#rest();
        return true;
      }
      // Its bytes are there; ending it can be tried again.
      this.problem = problem;
      this.#silence();
      this.state = "paused";
      this.#recorder = null;
      return false;
    }
  }

  /** Switches off and erases what was recorded, on the spot. One that has ended already is an answer. */
  async erase(): Promise<void> {
    if (this.state === "idle" || this.state === "ending") return;
    const key = this.#key;
    this.#turn++;
    this.state = "ending";
    await this.#stop();
    try {
      if (key !== null) await this.#files.erase(key);
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
    this.#rest();
  }

  async #stop(): Promise<void> {
    await this.#pausing;
    await this.#stopRecorder();
    await this.#kept;
  }

  #silence(): void {
    clearInterval(this.#ticking);
    this.#stream?.getTracks().forEach((track) => track.stop());
    void this.#hearing?.close();
    this.#stream = this.#hearing = null;
    this.level = 0;
  }

  #rest(): void {
    this.#silence();
    this.#recorder = null;
    this.#key = null;
    this.state = "idle";
  }
}
