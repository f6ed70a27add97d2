// Publishes the third set, and kills itself before the given one of the changes of the store.
// node publish-set-and-die.ts <directory> <number of the change>
import { failingStore } from './failing-store.ts';
import { aboutToPublishTheThird } from './killed-set.ts';

const [directory = '', before = ''] = process.argv.slice(2);
const scene = await aboutToPublishTheThird(directory);
let changes = 0;
const store = failingStore(scene.store, () => {
  if (++changes === Number(before)) process.kill(process.pid, 'SIGKILL');
});
const { published } = await scene.settle(scene.issuer(store), store);
if (published.length === 0) throw new Error('Nothing was published.');
