// How loud a recording is along its length, to be drawn.

/** The loudness of so many equal stretches, each from 0 to 1, and how long the whole is. Rejects what cannot be taken apart. */
export async function loudness(
  url: string,
  stretches: number,
): Promise<{ strokes: number[]; seconds: number }> {
  const bytes = await (await fetch(url)).arrayBuffer();
  const context = new AudioContext();
  try {
    const sound = await context.decodeAudioData(bytes);
    const samples = sound.getChannelData(0);
    const stretch = Math.max(1, Math.floor(samples.length / stretches));
    // A sample in sixteen is enough for the eye.
    const step = Math.max(1, Math.floor(stretch / 256));
    const strokes = Array.from({ length: stretches }, (_, place) => {
      let most = 0;
      for (let n = place * stretch; n < (place + 1) * stretch && n < samples.length; n += step) {
        most = Math.max(most, Math.abs(samples[n] ?? 0));
      }
      return most;
    });
    const loudest = Math.max(...strokes, 0.01);
    return { strokes: strokes.map((stroke) => stroke / loudest), seconds: sound.duration };
  } finally {
    await context.close();
  }
}
