"""Networks on real images: what is trained, the records that training leaves, and their pictures.

The statements are ordinary claims (`claims.paper.real_images`), decided by the rule of paired
seeds on what `records` hands it.
"""
