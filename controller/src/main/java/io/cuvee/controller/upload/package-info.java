/// From an uploaded archive or file to a segment that is stored, recorded and assigned.
@NullMarked
package io.cuvee.controller.upload;

import org.jspecify.annotations.NullMarked;
