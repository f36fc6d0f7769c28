"""Algorithm 1 of O'Connor, Gavves & Welling (2019) in PyTorch, from the energy (eq. 1, 10) by autograd, in float64.

python3 test/golden/algorithm-1.py > test/golden/algorithm-1.json

Factors as in the authors' code: pull with 1/2, nudge without, copy loss 1/2, means over the minibatch. States start at
the guess clipped to the rails.
"""
import json
import torch

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
sizes, batch, steps, images = [64, 20, 10], 20, 100, 200
epsilon, beta, lam, rates, t_free, t_nudged = 0.5, 0.5, 0.1, [0.1, 0.05], 20, 4

prototypes = (torch.rand(10, 64) < 0.3) * torch.rand(10, 64)
labels = torch.randint(0, 10, (images,))
noisy = prototypes[labels] + 0.2 * torch.randn(images, 64) * (torch.rand(images, 64) < 0.3)
pixels = (255 * noisy.clamp(0, 1)).round().to(torch.int64)
order = torch.stack([torch.randperm(images)[:batch] for _ in range(steps)])
signs = [1 if torch.rand(()) < 0.5 else -1 for _ in range(steps)]

def draw():
    # Rounded to float32, so that both precisions begin at the same weights.
    return [((torch.rand(m, n) * 2 - 1) * (6 / (m + n)) ** 0.5).float().double() for m, n in zip(sizes, sizes[1:])] + [torch.zeros(n) for n in sizes[1:]]

theta, phi = draw(), draw()
start = {"theta": [p.flatten().tolist() for p in theta], "phi": [p.flatten().tolist() for p in phi]}
for p in theta + phi: p.requires_grad_(True)
rho = lambda s: s.clamp(0, 1)

def energy(s, x, guess, b, y):
    w1, w2, b1, b2 = theta
    e = sum(0.5 * (v ** 2).sum() for v in s) - (rho(s[0]) @ b1).sum() - (rho(s[1]) @ b2).sum()
    e = e - (x @ w1 * rho(s[0])).sum() - (rho(s[0]) @ w2 * rho(s[1])).sum()
    return e + 0.5 * lam * sum(((v - g) ** 2).sum() for v, g in zip(s, guess)) + b * ((s[1] - y) ** 2).sum()

def settle(s, n, *rest):
    for _ in range(n):
        s = [v.detach().requires_grad_(True) for v in s]
        force = torch.autograd.grad(energy(s, *rest), s)
        s = [(v - epsilon * f).clamp(0, 1).detach() for v, f in zip(s, force)]
    return s

for step in range(steps):
    x, y = pixels[order[step]] / 255, torch.nn.functional.one_hot(labels[order[step]], 10).double()
    b = signs[step] * beta
    u1 = x @ phi[0] + phi[2]
    g1 = rho(u1) + 0.01 * u1
    # The local loss: a layer does not see what the layer below could change for it.
    u2 = g1.detach() @ phi[1] + phi[3]
    g2 = rho(u2) + 0.01 * u2
    guess = [g1.detach(), g2.detach()]
    free = settle([rho(g) for g in guess], t_free, x, guess, 0.0, y)
    nudged = settle(free, t_nudged, x, guess, b, y)
    low, high = (torch.autograd.grad(energy(s, x, guess, 0.0, y) / batch, theta) for s in (free, nudged))
    loss = 0.5 * (((g1 - free[0]) ** 2).sum() + ((g2 - free[1]) ** 2).sum()) / batch
    slopes = torch.autograd.grad(loss, phi)
    with torch.no_grad():
        for k, eta in enumerate(rates * 2):
            theta[k] -= eta / b * (high[k] - low[k])
            phi[k] -= eta * slopes[k]

golden = {"command": "python3 test/golden/algorithm-1.py > test/golden/algorithm-1.json", "pixels": pixels.flatten().tolist(), "labels": labels.tolist(),
          "order": order.tolist(), "signs": signs, "start": start,
          "end": {name: [p.flatten().tolist() for p in net] for name, net in (("theta", theta), ("phi", phi))}}
print("{" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in golden.items()) + "}")
