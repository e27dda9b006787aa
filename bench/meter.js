// @ts-check
// Loaded into a server with `--import`: answers the bench, over the process channel, what the process has used so far.

process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system, residentBytes: process.memoryUsage().rss });
});
// The channel must not keep a server alive that was told to stop.
process.channel?.unref();
