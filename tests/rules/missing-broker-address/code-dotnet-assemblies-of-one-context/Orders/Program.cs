Bus.Start();
