/// Copies of the metadata: in files, in the deep store, and back into an empty ZooKeeper.
@NullMarked
package io.cuvee.controller.backup;

import org.jspecify.annotations.NullMarked;
